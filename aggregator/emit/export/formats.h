/* The functions of formats.def; see struct export_format for what they promise. */
#ifndef EMIT_EXPORT_FORMATS_H
#define EMIT_EXPORT_FORMATS_H

#include "emit/export/export.h"

typedef int export_writer(FILE *out, const struct conclusion *run, const struct export_options *options);
typedef int export_storer(const char *path, const struct conclusion *run,
                          const struct export_options *options, struct err *err);

#define EXPORT_STREAM(name, tables) export_writer name##_write;
#define EXPORT_STORE(name, tables)  export_storer name##_store;
#define EXPORT_BOTH(name, tables)   EXPORT_STREAM(name, tables) EXPORT_STORE(name, tables)
#include "emit/export/formats.def"
#undef EXPORT_STREAM
#undef EXPORT_STORE
#undef EXPORT_BOTH

#endif
