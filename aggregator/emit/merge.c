/* Section by section: objects of entries, lists of entries, lists by stage, and single objects. */
#include "emit/merge.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum shape { SHAPE_PLAIN, SHAPE_ENTRIES, SHAPE_LIST, SHAPE_LISTS, SHAPE_SINGLE };

static const struct {
    const char *key;
    enum shape shape;
} sections[] = {{"video_id", SHAPE_PLAIN},          {"created_at", SHAPE_PLAIN},
                {"stages", SHAPE_ENTRIES},          {"errors", SHAPE_ENTRIES},
                {"retry_attempts", SHAPE_LISTS},    {"claude_api_usage", SHAPE_LIST},
                {"validation_history", SHAPE_LIST}, {"performance", SHAPE_SINGLE},
                {"summary", SHAPE_SINGLE},          {"vlagg", SHAPE_PLAIN}};

static bool is_ours(const json_t *entry)
{
    const char *by = json_string_value(json_object_get(entry, "by"));
    return by && strcmp(by, "vlagg") == 0;
}

static bool all_objects(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_object(json_array_get(list, i)))
            return false;
    return json_is_array(list);
}

#define EACH_MEMBER(object, key, value)                                                                      \
    const char *key;                                                                                         \
    json_t *value;                                                                                           \
    json_object_foreach((json_t *)(uintptr_t)(object), key, value)

/* Whether a section of theirs has the shape that ours can join. */
static bool fits(const json_t *theirs, enum shape shape)
{
    if (shape == SHAPE_LIST)
        return all_objects(theirs);
    if (shape == SHAPE_SINGLE)
        return is_ours(theirs);
    if (!json_is_object(theirs))
        return false;
    EACH_MEMBER(theirs, key, value)
    if (shape == SHAPE_ENTRIES ? !json_is_object(value) : !all_objects(value))
        return false;
    return true;
}

static void add_list(json_t *into, const json_t *list, bool only_others)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        if (!only_others || !is_ours(entry))
            json_array_append(into, entry);
    }
}

static json_t *merge_list(const json_t *theirs, const json_t *ours)
{
    json_t *merged = json_array();
    add_list(merged, theirs, true);
    add_list(merged, ours, false);
    return merged;
}

/* A key that is free: the key itself, else key + suffix, suffix_2, suffix_3 ... */
static void free_key(const json_t *object, const char *key, const char *suffix, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s", key);
    for (unsigned n = 1; json_object_get(object, out); n++)
        if (n == 1)
            snprintf(out, bytes, "%s%s", key, suffix);
        else
            snprintf(out, bytes, "%s%s_%u", key, suffix, n);
}

static json_t *merge_entries(const json_t *theirs, const json_t *ours)
{
    json_t *merged = json_object();
    char name[512];
    {
        EACH_MEMBER(theirs, key, value)
        if (!is_ours(value))
            json_object_set(merged, key, value);
    }
    EACH_MEMBER(ours, key, value)
    {
        free_key(merged, key, "_vlagg", name, sizeof name);
        json_object_set(merged, name, value);
    }
    return merged;
}

/* Lists by stage: a list of which nothing is left goes, unless it was empty before. */
static json_t *merge_lists(const json_t *theirs, const json_t *ours)
{
    json_t *merged = json_object();
    {
        EACH_MEMBER(theirs, key, value)
        {
            json_t *list = json_array();
            add_list(list, value, true);
            if (json_array_size(list) || !json_array_size(value))
                json_object_set(merged, key, list);
            json_decref(list);
        }
    }
    EACH_MEMBER(ours, key, value)
    {
        json_t *list = merge_list(json_object_get(merged, key), value);
        json_object_set_new(merged, key, list);
    }
    return merged;
}

static json_t *merge_section(const json_t *theirs, const json_t *ours, enum shape shape)
{
    switch (shape) {
    case SHAPE_ENTRIES:
        return merge_entries(theirs, ours);
    case SHAPE_LIST:
        return merge_list(theirs, ours);
    case SHAPE_LISTS:
        return merge_lists(theirs, ours);
    default:
        return json_incref((json_t *)(uintptr_t)ours);
    }
}

static int section_of(const char *key)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strcmp(sections[i].key, key) == 0)
            return (int)i;
    return -1;
}

/* What cannot be joined is kept under another name. */
static void keep_aside(json_t *merged, const json_t *old, const char *key, json_t *theirs)
{
    char name[512], plain[512];
    snprintf(plain, sizeof plain, "%s_legacy", key);
    snprintf(name, sizeof name, "%s", plain);
    for (unsigned n = 2; json_object_get(old, name) || json_object_get(merged, name); n++)
        snprintf(name, sizeof name, "%.480s_%u", plain, n);
    json_object_set(merged, name, theirs);
}

static void take_theirs(json_t *merged, const json_t *old, const json_t *ours)
{
    EACH_MEMBER(old, key, value)
    {
        int at = section_of(key);
        if (at < 0) {
            json_object_set(merged, key, value);
            continue;
        }
        enum shape shape = sections[at].shape;
        json_t *mine = json_object_get(ours, key);
        bool joins = shape == SHAPE_PLAIN || fits(value, shape);
        json_object_set_new(merged, key, merge_section(joins ? value : NULL, mine, shape));
        if (!joins)
            keep_aside(merged, old, key, value);
    }
}

json_t *merge_documents(const json_t *old, const json_t *ours)
{
    json_t *merged = json_object();
    if (old)
        take_theirs(merged, old, ours);
    EACH_MEMBER(ours, key, value)
    if (!json_object_get(merged, key))
        json_object_set(merged, key, value);
    return merged;
}
