/* The formats, and getting their bytes to where they are wanted. */
#include "emit/export.h"

#include "emit/formats.h"
#include "emit/place.h"
#include "emit/tables.h"

#include <errno.h>
#include <string.h>

static const struct export_format formats[] = {
    {"chrome", false, chrome_write, NULL}, {"ndjson", true, records_write, NULL},
    {"sqlite", false, NULL, sqlite_place}, {"prometheus", false, prometheus_write, NULL},
    {"csv", true, csv_write, csv_place},
};

const struct export_format *export_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

const char *export_names(void) { return "chrome, ndjson, sqlite, prometheus, csv"; }

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

static int to_stdout(const struct export_format *format, const struct conclusion *run,
                     const struct export_options *options, struct err *err)
{
    if ((format->write(stdout, run, options) || fflush(stdout)) && errno != EPIPE)
        return err_set(err, ERR_OUTPUT, "Standard output could not be written: %s.", strerror(errno));
    return 0;
}

static int to_file(const struct export_format *format, const char *path, const struct conclusion *run,
                   const struct export_options *options, struct err *err)
{
    struct place place;
    int status = place_open(&place, path, err);
    if (!status) {
        format->write(place.stream, run, options);
        status = place_commit(&place, err);
    }
    return status;
}

int export_write(const struct export_format *format, const char *path, const struct conclusion *run,
                 const struct export_options *options, struct err *err)
{
    int status = check_table(format, options->table, err);
    if (status)
        return status;
    if (format->place) {
        status = format->place(path, run, options, err);
        if (status != EXPORT_AS_FILE)
            return status;
    }
    return strcmp(path, "-") == 0 ? to_stdout(format, run, options, err)
                                  : to_file(format, path, run, options, err);
}
