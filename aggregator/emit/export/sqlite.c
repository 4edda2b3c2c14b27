/* Tables as an SQLite database, made beside its name and renamed; docs/SQLITE.md describes it. */
#include "base/atomic_file.h"
#include "emit/export/formats.h"
#include "emit/tables/tables.h"
#include "emit/text.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_VERSION "1" /* of the tables; user_version */

struct database {
    struct table_sink sink; /* first: row() casts back */
    sqlite3 *db;
    sqlite3_stmt *insert; /* of the table at hand */
    int status;           /* the first SQLITE_ code that was none of success */
};

static void note(struct database *d, int status)
{
    bool good = status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW;
    if (d->status == SQLITE_OK && !good)
        d->status = status;
}

static void run_sql(struct database *d, const char *sql)
{
    if (d->status == SQLITE_OK)
        note(d, sqlite3_exec(d->db, sql, NULL, NULL, NULL));
}

static void bind_text(sqlite3_stmt *insert, int at, struct str text)
{
    json_t *valid = text_json(text);
    sqlite3_bind_text(insert, at, json_string_value(valid), (int)json_string_length(valid), SQLITE_TRANSIENT);
    json_decref(valid);
}

static void bind_cell(sqlite3_stmt *insert, int at, enum cell_type type, const struct cell *cell)
{
    char text[ISO_BYTES];
    switch (cell->known ? (int)type : -1) {
    case CELL_TEXT:
        bind_text(insert, at, cell->text);
        return;
    case CELL_INTEGER:
    case CELL_FLAG:
        sqlite3_bind_int64(insert, at, cell->number);
        return;
    case CELL_REAL:
        sqlite3_bind_double(insert, at, cell->real);
        return;
    case CELL_TIME:
        text_iso_utc(cell->number, text);
        break;
    case CELL_KEY:
        cell_key_text(cell->key, text);
        break;
    default:
        sqlite3_bind_null(insert, at);
        return;
    }
    sqlite3_bind_text(insert, at, text, -1, SQLITE_TRANSIENT);
}

static void put_row(struct table_sink *sink, const struct table *table, const struct cell *cells)
{
    struct database *d = (struct database *)sink;
    if (d->status != SQLITE_OK)
        return;
    for (unsigned i = 0; i < table->count; i++)
        bind_cell(d->insert, (int)i + 1, table->columns[i].type, &cells[i]);
    note(d, sqlite3_step(d->insert));
    sqlite3_reset(d->insert);
}

/* Comments of the statement stay in the database: `.schema` shows what the columns say. */
static char *create_statement(const struct table *table)
{
    char *sql = NULL;
    size_t bytes;
    FILE *out = open_memstream(&sql, &bytes);
    if (!out)
        return NULL;
    fprintf(out, "CREATE TABLE %s ( -- %s", table->name, table->says);
    for (unsigned i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        fprintf(out, "\n  %s %s%s%s%s", column->name, cell_sql_type(column->type),
                i + 1 < table->count ? "," : "", *column->says ? " -- " : "", column->says);
    }
    fputs("\n)", out);
    fclose(out);
    return sql;
}

static void prepare_insert(struct database *d, const struct table *table)
{
    char sql[512];
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", table->name);
    for (unsigned i = 1; i < table->count; i++)
        length += snprintf(sql + length, sizeof sql - (size_t)length, ",?");
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    note(d, sqlite3_prepare_v2(d->db, sql, -1, &d->insert, NULL));
}

static void put_table(struct database *d, const struct table *table, const struct conclusion *run)
{
    char *sql = create_statement(table);
    if (!sql)
        note(d, SQLITE_NOMEM);
    else
        run_sql(d, sql);
    free(sql);
    if (d->status == SQLITE_OK)
        prepare_insert(d, table);
    if (d->status == SQLITE_OK)
        table->rows(&d->sink, table, run);
    sqlite3_finalize(d->insert);
    d->insert = NULL;
}

static void fill(struct database *d, const struct conclusion *run)
{
    unsigned count;
    const struct table *tables = tables_all(&count);
    run_sql(d, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA user_version = " SCHEMA_VERSION
               "; BEGIN");
    for (unsigned i = 0; i < count; i++)
        put_table(d, &tables[i], run);
    run_sql(d, "CREATE INDEX calls_by_attempt ON calls (attempt_id);"
               "CREATE INDEX errors_by_fingerprint ON errors (fingerprint);"
               "CREATE INDEX processes_by_id ON processes (process_id);"
               "CREATE INDEX samples_by_process ON samples (process_id);"
               "CREATE INDEX files_by_process ON files (process_id);"
               "CREATE INDEX files_by_path ON files (path);"
               "COMMIT");
}

int sqlite_store(const char *path, const struct conclusion *run, const struct export_options *options,
                 struct err *err)
{
    (void)options;
    struct atomic_file file;
    if (strcmp(path, "-") == 0)
        return err_set(err, ERR_USAGE, "A database is no stream: name a file with -o.");
    int status = atomic_file_open(&file, path, err);
    if (status)
        return status;
    struct database d = {.sink = {put_row}};
    note(&d, sqlite3_open_v2(file.fresh, &d.db, SQLITE_OPEN_READWRITE, NULL));
    if (d.status == SQLITE_OK)
        fill(&d, run);
    if (d.status != SQLITE_OK)
        status = err_set(err, ERR_OUTPUT, "%s cannot be written: %s.", file.target,
                         d.db ? sqlite3_errmsg(d.db) : sqlite3_errstr(d.status));
    sqlite3_close(d.db);
    if (!status)
        return atomic_file_commit(&file, err);
    atomic_file_abandon(&file);
    return status;
}
