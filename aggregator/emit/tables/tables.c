/* The list of tables. */
#include "emit/tables/tables.h"

#include "emit/tables/tables_rows.h"

#define C(type, name, says)               {#name, CELL_##type, says},
#define EXPORT_TABLE(name, says, columns) static const struct column columns_##name[] = {columns};
#include "emit/tables/tables.def"
#undef C
#undef EXPORT_TABLE

static const struct table tables[] = {
#define EXPORT_TABLE(name, says, columns)                                                                    \
    {#name, says, columns_##name, sizeof columns_##name / sizeof(struct column), rows_##name},
#include "emit/tables/tables.def"
#undef EXPORT_TABLE
};

const struct table *tables_all(unsigned *count)
{
    *count = sizeof tables / sizeof *tables;
    return tables;
}
