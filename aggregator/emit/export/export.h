/* A recording for other tools: one file a format behind one vtable, one row each in export.c. */
#ifndef EMIT_EXPORT_EXPORT_H
#define EMIT_EXPORT_EXPORT_H

#include "base/err.h"
#include "model/log.h"

#include <stdio.h>

struct export_options {
    const char *table; /* of tables.def: this one alone; NULL: all */
};

/* What a store function returns when the format's write function should make a file of it. */
#define EXPORT_AS_FILE 1

struct export_format {
    const char *name;
    bool has_tables; /* options->table means something */
    /* To a stream: 0, or -1 when it does not take it (errno tells why). NULL: only store. */
    int (*write)(FILE *out, const struct conclusion *run, const struct export_options *options);
    /* To what is no plain file. NULL: only write. 0, EXPORT_AS_FILE, or negative with *err. */
    int (*store)(const char *path, const struct conclusion *run, const struct export_options *options,
                 struct err *err);
};

/* NULL: there is none of that name. */
const struct export_format *export_find(const char *name);

/* "chrome, otlp, ..." for a sentence. */
const char *export_names(void);

/* Writes to `path`, "-" for standard output. Nothing unfinished is left under its name. */
int export_write(const struct export_format *format, const char *path, const struct conclusion *run,
                 const struct export_options *options, struct err *err);

#endif
