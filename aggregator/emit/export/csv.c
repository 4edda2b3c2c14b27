/* Tables as RFC 4180 has them: a line of names, CRLF, quotes where they are needed. A folder with a file a
 * table, or one table. */
#include "base/atomic_file.h"
#include "emit/export/formats.h"
#include "emit/tables/tables.h"
#include "emit/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct csv {
    struct table_sink sink; /* first: row() casts back */
    FILE *out;
};

static void put_text(FILE *out, const char *text, size_t length)
{
    bool quoted = length == 0 || strpbrk(text, "\",\r\n") || memchr(text, '\0', length);
    if (quoted)
        putc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            putc('"', out);
        putc(text[i], out);
    }
    if (quoted)
        putc('"', out);
}

static void put_cell(FILE *out, enum cell_type type, const struct cell *cell)
{
    char text[ISO_BYTES];
    switch (cell->known ? (int)type : -1) {
    case CELL_TEXT: {
        json_t *valid = text_json(cell->text);
        put_text(out, json_string_value(valid), json_string_length(valid));
        json_decref(valid);
        break;
    }
    case CELL_INTEGER:
    case CELL_FLAG:
        fprintf(out, "%lld", (long long)cell->number);
        break;
    case CELL_REAL:
        text_real(cell->real, text);
        fputs(text, out);
        break;
    case CELL_TIME:
        text_iso_utc(cell->number, text);
        fputs(text, out);
        break;
    case CELL_KEY:
        cell_key_text(cell->key, text);
        fputs(text, out);
        break;
    }
}

static void put_row(struct table_sink *sink, const struct table *table, const struct cell *cells)
{
    FILE *out = ((struct csv *)sink)->out;
    for (unsigned i = 0; i < table->count; i++) {
        if (i)
            putc(',', out);
        put_cell(out, table->columns[i].type, &cells[i]);
    }
    fputs("\r\n", out);
}

static int put_table(FILE *out, const struct table *table, const struct conclusion *run)
{
    struct csv csv = {{put_row}, out};
    for (unsigned i = 0; i < table->count; i++)
        fprintf(out, "%s%s", i ? "," : "", table->columns[i].name);
    fputs("\r\n", out);
    table->rows(&csv.sink, table, run);
    return ferror(out) ? -1 : 0;
}

int csv_write(FILE *out, const struct conclusion *run, const struct export_options *options)
{
    unsigned count;
    const struct table *tables = tables_all(&count);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(tables[i].name, options->table) == 0)
            return put_table(out, &tables[i], run);
    return 0;
}

/* All are written before the first one appears. */
static int put_folder(const char *folder, const struct table *tables, unsigned count,
                      struct atomic_file *places, const struct conclusion *run, struct err *err)
{
    char path[PATH_MAX];
    int status = 0;
    for (unsigned i = 0; i < count && !status; i++) {
        snprintf(path, sizeof path, "%s/%s.csv", folder, tables[i].name);
        status = atomic_file_open(&places[i], path, err);
        if (status)
            break;
        put_table(places[i].stream, &tables[i], run);
        status = atomic_file_finish(&places[i], err);
    }
    for (unsigned i = 0; i < count && !status; i++)
        status = atomic_file_reveal(&places[i], err);
    for (unsigned i = 0; i < count; i++)
        atomic_file_abandon(&places[i]);
    return status;
}

int csv_store(const char *path, const struct conclusion *run, const struct export_options *options,
              struct err *err)
{
    struct stat st;
    unsigned count;
    const struct table *tables = tables_all(&count);
    if (options->table)
        return EXPORT_AS_FILE;
    if (strcmp(path, "-") == 0)
        return err_set(err, ERR_USAGE,
                       "csv is a file a table: name a folder with -o, or one table with --table.");
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_OUTPUT, "The folder %s cannot be made: %s.", path, strerror(errno));
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return err_set(err, ERR_OUTPUT,
                       "%s is no folder, and csv is a file a table; name another place, or one --table.",
                       path);
    struct atomic_file *places = arena_alloc(run->arena, count * sizeof *places);
    return put_folder(path, tables, count, places, run, err);
}
