/* A value of a table as JSON. */
#ifndef EMIT_TABLES_CELL_JSON_H
#define EMIT_TABLES_CELL_JSON_H

#include "emit/tables/tables.h"

#include <jansson.h>

/* Times in UTC, keys as 16 digits; not known: null. A new reference. */
json_t *cell_json(enum cell_type type, const struct cell *cell);

#endif
