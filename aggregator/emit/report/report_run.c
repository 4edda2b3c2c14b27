/* What a spool holds beyond its logs: processes, their samples and spans, as tables.def has them. */
#include "emit/report/report_parts.h"

#include "emit/entry.h"
#include "emit/tables/cell_json.h"

#include <string.h>

/* Takes the rows of a table; times become the wall clock's of the process's host. */
struct taker {
    struct table_sink sink; /* first: it is all that its function is given */
    struct columns *set;
    const struct conclusion *run;
    const struct page_field *fields; /* of the table that is being taken */
    struct map nodes;                /* by their keys */
};

static uint32_t process_host(const struct taker *taker, uint64_t process_key)
{
    MAP_EACH (node, &taker->nodes, process_key)
        if (tree_node(&taker->run->tree, node)->key == process_key)
            return tree_node(&taker->run->tree, node)->host;
    return NONE;
}

/* Microseconds since 1970 of the host's wall clock, as the logs tell it. */
static json_t *wall_time(const struct conclusion *run, uint32_t host, int64_t at_ns)
{
    static const struct vec none;
    bool utc = host == NONE || (run->logs.count && VEC_AT(&run->logs, struct log, 0)->utc);
    const struct vec *offsets = utc ? &none : &VEC_AT(&run->tree.facts->hosts, struct host, host)->offsets;
    int64_t seconds = 0;
    for (size_t i = 0; i < offsets->count; i++) {
        const struct utc_offset *offset = VEC_AT(offsets, struct utc_offset, i);
        if (i == 0 || tree_wall(&run->tree, host, offset->ticks) <= at_ns)
            seconds = offset->seconds;
    }
    return json_integer(at_ns / 1000 + seconds * 1000000);
}

static json_t *value(const struct taker *taker, enum cell_type type, const struct cell *cell, uint32_t host)
{
    bool time = type == CELL_TIME && cell->known;
    return time ? wall_time(taker->run, host, cell->number) : cell_json(type, cell);
}

/* process_id is the first column of each table that is taken. */
static void add_row(struct table_sink *sink, const struct table *table, const struct cell *cells)
{
    const struct taker *taker = (const struct taker *)sink;
    uint32_t host = process_host(taker, cells[0].key);
    json_t *row = json_object();
    for (unsigned i = 0; i < table->count; i++)
        entry_set(row, table->columns[i].name, value(taker, table->columns[i].type, &cells[i], host));
    columns_add(taker->set, table->name, taker->fields, row);
    json_decref(row);
}

static const struct page_field *fields_of(struct arena *arena, const struct table *table)
{
    static const enum field_kind kinds[] = {
        [CELL_TEXT] = FIELD_TEXT, [CELL_INTEGER] = FIELD_NUMBER, [CELL_REAL] = FIELD_NUMBER,
        [CELL_FLAG] = FIELD_FLAG, [CELL_TIME] = FIELD_NUMBER,    [CELL_KEY] = FIELD_TEXT};
    struct page_field *fields = arena_alloc(arena, (table->count + 1) * sizeof *fields);
    for (unsigned i = 0; i < table->count; i++) {
        const char *name = table->columns[i].name;
        fields[i] = (struct page_field){name, name, kinds[table->columns[i].type]};
    }
    fields[table->count] = (struct page_field){0};
    return fields;
}

static void take_table(struct taker *taker, const char *name)
{
    unsigned count;
    const struct table *tables = tables_all(&count);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(tables[i].name, name) == 0) {
            taker->fields = fields_of(taker->set->arena, &tables[i]);
            columns_table(taker->set, name, taker->fields);
            tables[i].rows(&taker->sink, &tables[i], taker->run);
        }
}

void report_add_run(struct columns *set, const struct conclusion *run)
{
    struct taker taker = {.sink.row = add_row, .set = set, .run = run};
    for (uint32_t i = 0; i < run->tree.nodes.count; i++)
        map_add(set->arena, &taker.nodes, tree_node(&run->tree, i)->key, i);
    take_table(&taker, "processes");
    take_table(&taker, "samples");
    take_table(&taker, "spans");
}
