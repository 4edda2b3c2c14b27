/* From objects to columns. */
#include "emit/report/report_columns.h"

#include "emit/entry.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const kinds[] = {"number", "flag", "text", "texts", "time"};

void columns_table(struct columns *set, const char *table, const struct page_field *fields)
{
    json_t *object = json_object();
    for (; fields->name; fields++) {
        json_t *column = json_object();
        entry_set(column, "kind", json_string(kinds[fields->kind]));
        entry_set(column, "values", json_array());
        entry_set(object, fields->name, column);
    }
    if (!set->tables)
        set->tables = json_object();
    entry_set(set->tables, table, object);
}

static const json_t *find(const json_t *row, const char *path)
{
    char key[64];
    for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
        snprintf(key, sizeof key, "%.*s", (int)(dot - path), path);
        row = json_object_get(row, key);
    }
    return json_object_get(row, path);
}

static json_t *text_number(struct columns *set, const json_t *value)
{
    struct str text = {json_string_value(value), json_string_length(value)};
    return text.ptr ? json_integer(intern_add(set->arena, &set->strings, text)) : json_null();
}

static json_t *text_numbers(struct columns *set, const json_t *value)
{
    json_t *list = json_array(), *item;
    size_t i;
    json_array_foreach(value, i, item) json_array_append_new(list, text_number(set, item));
    return list;
}

/* YYYY-MM-DDTHH:MM:SS[.ffffff], or with a space for the T. */
static json_t *micros(const json_t *value)
{
    const char *text = json_string_value(value);
    struct tm tm = {0};
    double fraction = 0;
    char between;
    int got = text ? sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%2d%lf", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                            &between, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &fraction)
                   : 0;
    if (got < 7)
        return json_null();
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    if (got < 8 || fraction < 0 || fraction >= 1) /* what follows is an offset */
        fraction = 0;
    return json_integer((json_int_t)timegm(&tm) * 1000000 + (json_int_t)(fraction * 1e6 + .5));
}

static json_t *cell(struct columns *set, enum field_kind kind, const json_t *value)
{
    switch (kind) {
    case FIELD_NUMBER:
        return json_is_number(value) ? json_incref((json_t *)(uintptr_t)value) : json_null();
    case FIELD_FLAG:
        return json_is_boolean(value) ? json_integer(json_is_true(value)) : json_null();
    case FIELD_TEXT:
        return text_number(set, value);
    case FIELD_TEXTS:
        return text_numbers(set, value);
    case FIELD_TIME:
        return micros(value);
    }
    return json_null();
}

void columns_add(struct columns *set, const char *table, const struct page_field *fields, const json_t *row)
{
    const json_t *object = json_object_get(set->tables, table);
    for (; fields->name; fields++) {
        json_t *values = json_object_get(json_object_get(object, fields->name), "values");
        json_array_append_new(values, cell(set, fields->kind, find(row, fields->path)));
    }
}

json_t *columns_json(const struct columns *set)
{
    json_t *root = json_object(), *strings = json_array();
    VEC_EACH (const struct str, text, &set->strings.strings)
        json_array_append_new(strings, json_stringn_nocheck(text->ptr, text->len));
    entry_set(root, "strings", strings);
    entry_set(root, "tables", json_incref(set->tables));
    return root;
}
