/* Tables as JSON lines: one object a row, "record" names its table. */
#include "emit/export/formats.h"
#include "emit/json.h"
#include "emit/tables/cell_json.h"
#include "emit/tables/tables.h"

#include <string.h>

struct records {
    struct table_sink sink; /* first: row() casts back */
    FILE *out;
};

static void put_row(struct table_sink *sink, const struct table *table, const struct cell *cells)
{
    FILE *out = ((struct records *)sink)->out;
    json_t *object = json_object();
    json_object_set_new(object, "record", json_string(table->name));
    for (unsigned i = 0; i < table->count; i++)
        json_object_set_new(object, table->columns[i].name, cell_json(table->columns[i].type, &cells[i]));
    json_put_compact(out, object);
    putc('\n', out);
    json_decref(object);
}

int ndjson_write(FILE *out, const struct conclusion *run, const struct export_options *options)
{
    struct records records = {{put_row}, out};
    unsigned count;
    const struct table *tables = tables_all(&count);
    for (unsigned i = 0; i < count; i++)
        if (!options->table || strcmp(tables[i].name, options->table) == 0)
            tables[i].rows(&records.sink, &tables[i], run);
    return ferror(out) ? -1 : 0;
}
