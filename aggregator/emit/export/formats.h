/* The functions behind export.c's table; see struct export_format for what they promise. */
#ifndef EMIT_EXPORT_FORMATS_H
#define EMIT_EXPORT_FORMATS_H

#include "emit/export/export.h"

typedef int export_writer(FILE *out, const struct conclusion *run, const struct export_options *options);
typedef int export_storer(const char *path, const struct conclusion *run,
                          const struct export_options *options, struct err *err);

export_writer chrome_write, csv_write, otlp_write, prometheus_write, records_write;
export_storer csv_store, otlp_store, sqlite_store;

#endif
