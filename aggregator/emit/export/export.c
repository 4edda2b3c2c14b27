/* The formats, and getting their bytes to where they are wanted. */
#include "emit/export/export.h"

#include "base/atomic_file.h"
#include "emit/export/formats.h"
#include "emit/tables/tables.h"

#include <errno.h>
#include <string.h>

static const struct export_format formats[] = {
#define EXPORT_STREAM(name, tables) {#name, tables, name##_write, NULL},
#define EXPORT_STORE(name, tables)  {#name, tables, NULL, name##_store},
#define EXPORT_BOTH(name, tables)   {#name, tables, name##_write, name##_store},
#include "emit/export/formats.def"
#undef EXPORT_STREAM
#undef EXPORT_STORE
#undef EXPORT_BOTH
};

const struct export_format *export_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

const char *export_names(void)
{
#define EXPORT_STREAM(name, tables) ", " #name
#define EXPORT_STORE                EXPORT_STREAM
#define EXPORT_BOTH                 EXPORT_STREAM
    static const char names[] =
#include "emit/export/formats.def"
        ;
    return names + strlen(", ");
}

static int check_table(const struct export_format *format, const char *name, struct err *err)
{
    unsigned count;
    const struct table *tables = tables_all(&count);
    if (!name)
        return 0;
    if (!format->has_tables)
        return err_set(err, ERR_USAGE, "--table goes with csv and ndjson, not with %s.", format->name);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(tables[i].name, name) == 0)
            return 0;
    return err_set(err, ERR_USAGE, "There is no table '%s'; docs/SQLITE.md lists them.", name);
}

struct request {
    const struct export_format *format;
    const struct conclusion *run;
    const struct export_options *options;
};

static int write_request(FILE *out, const void *what)
{
    const struct request *request = what;
    return request->format->write(out, request->run, request->options);
}

int export_write(const struct export_format *format, const char *path, const struct conclusion *run,
                 const struct export_options *options, struct err *err)
{
    int status = check_table(format, options->table, err);
    if (status)
        return status;
    if (format->store) {
        status = format->store(path, run, options, err);
        if (status != EXPORT_AS_FILE)
            return status;
    }
    struct request request = {format, run, options};
    return atomic_file_write(path, write_request, &request, err);
}
