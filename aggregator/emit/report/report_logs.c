/* The sections of the logs as tables. */
#include "emit/report/report_parts.h"

#include "emit/entry.h"
#include "emit/screen/overview.h"

#define FIELD(kind, name, path)  {#name, path, FIELD_##kind},
#define REPORT_TABLE(name, list) static const struct page_field name[] = {list{0}};
#include "emit/report/report_fields.def"
#undef REPORT_TABLE
#undef FIELD

static void add_tables(struct columns *set)
{
#define REPORT_TABLE(name, list) columns_table(set, #name, name);
#include "emit/report/report_fields.def"
#undef REPORT_TABLE
}

/* Where rows go: the log that they are of, and their name in it. */
struct adding {
    struct columns *set;
    json_t *row;
};

static void add_one(const struct adding *to, const char *table, const struct page_field *fields,
                    const char *key, json_t *of)
{
    if (key)
        entry_set(to->row, "key", json_string(key));
    entry_set(to->row, "of", json_incref(of));
    columns_add(to->set, table, fields, to->row);
}

static void add_list(const struct adding *to, const char *table, const struct page_field *fields,
                     const char *key, const json_t *list)
{
    size_t i;
    json_t *of;
    json_array_foreach(list, i, of) add_one(to, table, fields, key, of);
}

static void add_stages(const struct adding *to, const json_t *log)
{
    const char *name;
    json_t *of;
    json_object_foreach(json_object_get(log, "stages"), name, of)
    {
        add_one(to, "stages", stages, name, of);
        add_list(to, "scenes", scenes, name, json_object_get(json_object_get(of, "result_data"), "scenes"));
    }
    json_object_foreach(json_object_get(log, "retry_attempts"), name, of)
        add_list(to, "attempts", attempts, name, of);
}

static void add_errors(const struct adding *to, const json_t *log)
{
    const char *key;
    json_t *error;
    json_object_foreach(json_object_get(log, "errors"), key, error)
    {
        json_t *variants = json_object_get(error, "variants");
        entry_set(to->row, "error", json_incref(error));
        if (json_array_size(variants))
            add_list(to, "errors", errors, key, variants);
        else
            add_one(to, "errors", errors, key, error);
    }
}

static void add_log(const struct adding *to, json_t *log)
{
    const json_t *performance = json_object_get(log, "performance");
    entry_set(to->row, "log", json_incref(log));
    columns_add(to->set, "videos", videos, to->row);
    add_stages(to, log);
    add_errors(to, log);
    add_list(to, "calls", calls, NULL, json_object_get(log, "claude_api_usage"));
    add_list(to, "checks", checks, NULL, json_object_get(log, "validation_history"));
    add_list(to, "operations", operations, NULL, json_object_get(performance, "operations"));
    add_list(to, "limits", limits, NULL, json_object_get(performance, "throttling"));
    add_list(to, "damages", damages, NULL, json_object_get(json_object_get(log, "vlagg"), "damage"));
}

void report_add_logs(struct columns *set, const json_t *documents)
{
    json_t *overview = overview_json(documents), *rows = json_object_get(overview, "videos"), *log;
    size_t i;
    add_tables(set);
    json_array_foreach(documents, i, log)
    {
        struct adding to = {set, json_object()};
        entry_set(to.row, "video", json_integer((json_int_t)i));
        entry_set(to.row, "row", json_incref(json_array_get(rows, i)));
        add_log(&to, log);
        json_decref(to.row);
    }
    json_decref(overview);
}
