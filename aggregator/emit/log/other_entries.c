/* Nothing is taken for equal that is not: what differs is kept twice, under two keys. */
#include "emit/log/other_entries.h"

#include "emit/log/log_shape.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 512

/* Under <key>_legacy, _legacy_2 ..., the first that is free in both, or has that content already. */
static void keep_aside(json_t *into, const json_t *also, const char *key, json_t *value)
{
    char name[NAME_BYTES];
    for (unsigned n = 1;; n++) {
        snprintf(name, sizeof name, n == 1 ? "%.480s_legacy" : "%.480s_legacy_%u", key, n);
        json_t *there = json_object_get(into, name);
        there = there ? there : json_object_get(also, name);
        if (!there)
            json_object_set(into, name, value);
        if (!there || json_equal(there, value))
            return;
    }
}

/* Without what we added to it. */
static json_t *bare(json_t *entry)
{
    if (!log_shape_is_ours(json_object_get(entry, SHAPE_RECORDED)))
        return json_incref(entry);
    json_t *copy = json_copy(entry);
    json_object_del(copy, SHAPE_RECORDED);
    return copy;
}

static json_t *list_of(const json_t *theirs)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(theirs); i++)
        if (!log_shape_is_ours(json_array_get(theirs, i)))
            json_array_append_new(list, bare(json_array_get(theirs, i)));
    return list;
}

static json_t *entries_of(const json_t *theirs)
{
    json_t *entries = json_object();
    EACH_MEMBER(theirs, key, value)
    if (!log_shape_is_ours(value))
        json_object_set_new(entries, key, bare(value));
    return entries;
}

/* A list of which nothing is left goes, unless it was empty before. */
static json_t *lists_of(const json_t *theirs)
{
    json_t *lists = json_object();
    EACH_MEMBER(theirs, key, value)
    {
        json_t *list = list_of(value);
        if (json_array_size(list) || !json_array_size(value))
            json_object_set(lists, key, list);
        json_decref(list);
    }
    return lists;
}

/* ISO 8601, as a log has it. */
static bool is_time(const json_t *value)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    const char *text = json_string_value(value);
    if (!text || strlen(text) < sizeof form - 1 || strlen(text) > 32)
        return false;
    for (size_t i = 0; i + 1 < sizeof form; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    return strspn(text + sizeof form - 1, ".0123456789Z+:-") == strlen(text + sizeof form - 1);
}

/* video_id, created_at and vlagg: ours, where the log has been folded before. */
static void take_plain(json_t *others, const json_t *old, const char *key, json_t *value, const json_t *ours)
{
    const json_t *origin = json_object_get(old, "vlagg");
    bool folded = json_is_string(json_object_get(origin, "version"));
    bool is_created = strcmp(key, "created_at") == 0;
    bool is_ours = folded && (!is_created || json_equal(value, json_object_get(origin, "first_event")));
    bool stays = !is_ours && is_created && is_time(value);
    json_object_set_new(others, key, stays ? json_incref(value) : json_null());
    if (!is_ours && !stays && !json_equal(value, json_object_get(ours, key)))
        keep_aside(others, old, key, value);
}

static void take_section(json_t *others, const json_t *old, const char *key, json_t *value, enum shape shape)
{
    bool fits = log_shape_fits(value, shape);
    json_t *section = !fits                    ? log_shape_empty(shape)
                      : shape == SHAPE_LIST    ? list_of(value)
                      : shape == SHAPE_LISTS   ? lists_of(value)
                      : shape == SHAPE_ENTRIES ? entries_of(value)
                                               : json_null();
    json_object_set_new(others, key, section);
    if (!fits)
        keep_aside(others, old, key, value);
}

json_t *other_entries_of(const json_t *old, const json_t *ours)
{
    json_t *others = json_object();
    EACH_MEMBER(old, key, value)
    {
        enum shape shape = log_shape_of(key);
        if (shape == SHAPE_NONE)
            json_object_set(others, key, value);
        else if (shape == SHAPE_PLAIN)
            take_plain(others, old, key, value, ours);
        else
            take_section(others, old, key, value, shape);
    }
    return others;
}

static size_t count_equal(const json_t *list, size_t upto, const json_t *entry)
{
    size_t count = 0;
    for (size_t i = 0; i < upto; i++)
        count += json_equal(json_array_get(list, i), entry);
    return count;
}

static void join_list(json_t *into, const json_t *more)
{
    for (size_t i = 0; i < json_array_size(more); i++) {
        json_t *entry = json_array_get(more, i);
        if (count_equal(into, json_array_size(into), entry) < count_equal(more, i + 1, entry))
            json_array_append(into, entry);
    }
}

static void join_member(json_t *into, const char *key, json_t *value)
{
    json_t *there = json_object_get(into, key);
    if (!there || json_is_null(there))
        json_object_set(into, key, value);
    else if (!json_equal(there, value))
        keep_aside(into, NULL, key, value);
}

static void join_section(json_t *into, const json_t *more, enum shape shape)
{
    if (shape == SHAPE_LIST) {
        join_list(into, more);
        return;
    }
    EACH_MEMBER(more, key, value)
    if (shape == SHAPE_LISTS && json_object_get(into, key))
        join_list(json_object_get(into, key), value);
    else
        join_member(into, key, value);
}

void other_entries_join(json_t *into, const json_t *more)
{
    EACH_MEMBER(more, key, value)
    {
        enum shape shape = log_shape_of(key);
        json_t *there = json_object_get(into, key);
        if (shape == SHAPE_NONE || !there)
            join_member(into, key, value);
        else if (shape == SHAPE_PLAIN && !json_is_null(value))
            join_member(into, key, value);
        else if (shape != SHAPE_PLAIN && shape != SHAPE_SINGLE)
            join_section(there, value, shape);
    }
}
