/* Section by section: objects of entries, lists of entries, lists by stage, and single objects. */
#include "emit/log/merge_log.h"

#include "emit/log/log_shape.h"
#include "emit/log/other_entries.h"
#include "emit/log/pairs.h"

#include <stdio.h>
#include <string.h>

static void add_list(json_t *into, const char *section, const json_t *ours)
{
    struct pairs pairs = pairs_find(section, into, ours);
    for (size_t i = 0; i < json_array_size(ours); i++)
        if (!pairs_join(&pairs, i))
            json_array_append(into, json_array_get(ours, i));
    pairs_free(&pairs);
}

/* A key that is free: the key itself, else key_vlagg, key_vlagg_2, key_vlagg_3 ... */
static void free_key(const json_t *object, const char *key, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s", key);
    for (unsigned n = 1; json_object_get(object, out); n++)
        if (n == 1)
            snprintf(out, bytes, "%s_vlagg", key);
        else
            snprintf(out, bytes, "%s_vlagg_%u", key, n);
}

static void add_entries(json_t *into, const char *section, const json_t *ours)
{
    char name[512];
    EACH_MEMBER(ours, key, value)
    if (!pairs_join_entry(section, into, key, value)) {
        free_key(into, key, name, sizeof name);
        json_object_set(into, name, value);
    }
}

static void add_lists(json_t *into, const char *section, const json_t *ours)
{
    EACH_MEMBER(ours, key, value)
    {
        if (!json_object_get(into, key))
            json_object_set_new(into, key, json_array());
        add_list(json_object_get(into, key), section, value);
    }
}

static void add_section(json_t *merged, const char *key, json_t *ours, enum shape shape)
{
    json_t *there = json_object_get(merged, key);
    bool stays = there && !json_is_null(there); /* only a created_at of theirs does */
    if (shape == SHAPE_PLAIN || shape == SHAPE_SINGLE) {
        if (!stays)
            json_object_set(merged, key, ours);
        return;
    }
    if (!there)
        json_object_set_new(merged, key, log_shape_empty(shape));
    there = json_object_get(merged, key);
    if (shape == SHAPE_LIST)
        add_list(there, key, ours);
    else if (shape == SHAPE_LISTS)
        add_lists(there, key, ours);
    else
        add_entries(there, key, ours);
}

json_t *merge_log(const json_t *old, const json_t *older, const json_t *ours)
{
    json_t *merged = other_entries_of(old, ours), *more = other_entries_of(older, ours);
    other_entries_join(merged, more);
    json_decref(more);
    EACH_MEMBER(ours, key, value)
    {
        enum shape shape = log_shape_of(key);
        if (shape == SHAPE_NONE)
            json_object_set(merged, key, value);
        else
            add_section(merged, key, value, shape);
    }
    return merged;
}
