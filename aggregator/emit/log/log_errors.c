/* Errors, with their variants. */
#include "emit/log/sections.h"

#include "emit/entry.h"
#include "emit/json.h"

static json_t *scenes_of(const struct variant *variant)
{
    json_t *list = json_array();
    VEC_EACH (const struct str, scene, &variant->scenes)
        json_array_append_new(list, json_text(*scene));
    return list;
}

static json_t *processes_of(const struct log *log, const struct variant *variant)
{
    json_t *list = json_array();
    VEC_EACH (const uint32_t, node, &variant->nodes)
        json_array_append_new(list, json_integer(tree_node(log->tree, *node)->pid));
    return list;
}

static json_t *variant_row(const struct log *log, const struct variant *variant)
{
    json_t *object = json_object();
    entry_set(object, "fingerprint", json_hex(variant->fingerprint));
    entry_set(object, "message", json_text(variant->example->message));
    entry_set_counts(log, object, variant->count, variant->first_ns, variant->last_ns);
    entry_set(object, "stack_trace", json_text_or_null(variant->example->trace));
    entry_set(object, "suggested_fix", json_text_or_null(variant->example->fix));
    entry_set(object, "scenes", scenes_of(variant));
    entry_set(object, "processes", processes_of(log, variant));
    entry_set_rule(object, variant->example->pattern);
    return object;
}

/* The last lines of a failure that no pattern knows. */
#define TAIL_LINES 20
static json_t *tail_of(const struct failure *failure)
{
    json_t *list = json_array();
    size_t count = failure->others.count < TAIL_LINES ? failure->others.count : TAIL_LINES;
    while (count-- > 0)
        json_array_append_new(list, json_text(*VEC_AT(&failure->others, struct str, count)));
    return list;
}

static json_t *error_entry(const struct log *log, const struct group *group)
{
    const struct variant *first = VEC_AT(&group->variants, struct variant, 0);
    json_t *object = json_object(), *variants = json_array();
    entry_set_diagnosis(object, first->example);
    entry_set_counts(log, object, group->count, group->first_ns, group->last_ns);
    entry_set(object, "stage", json_text_or_null(first->example->stage));
    VEC_EACH (const struct variant, variant, &group->variants)
        json_array_append_new(variants, variant_row(log, variant));
    entry_set(object, "variants", variants);
    if (str_equal(group->category, STR("unknown_error")))
        entry_set(object, "last_lines", tail_of(first->example));
    entry_set_rule(object, first->example->pattern);
    entry_sign(object);
    return object;
}

json_t *section_errors(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct group, group, log->groups)
        json_object_set_new(object, str_c(log->tree->arena, group->key), error_entry(log, group));
    return object;
}
