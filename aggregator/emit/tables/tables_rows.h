/* The functions behind tables.def, one a table. */
#ifndef EMIT_TABLES_TABLES_ROWS_H
#define EMIT_TABLES_TABLES_ROWS_H

#include "emit/tables/tables.h"

#define EXPORT_TABLE(name, says, columns)                                                                    \
    void rows_##name(struct table_sink *sink, const struct table *table, const struct conclusion *run);
#include "emit/tables/tables.def"
#undef EXPORT_TABLE

/* Hands on a row that has just been made. */
#define PUT_ROW(table_name, ...)                                                                             \
    sink->row(sink, table, (const struct cell *)&(const struct row_##table_name){__VA_ARGS__})

#endif
