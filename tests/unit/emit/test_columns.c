/* Objects become columns; what is of another kind becomes null. */
#include "unit.h"

#include "emit/report/report_columns.h"

#include <stdio.h>
#include <stdlib.h>

static const struct page_field fields[] = {
    {"word", "a.word", FIELD_TEXT},   {"words", "words", FIELD_TEXTS}, {"number", "number", FIELD_NUMBER},
    {"flag", "a.b.flag", FIELD_FLAG}, {"at", "at", FIELD_TIME},        {0},
};

/* What a row of this text comes to: the values of its columns in one line. */
static void becomes(const char *row, const char *wanted)
{
    struct columns set = {.arena = arena_new()};
    json_t *object = json_loads(row, 0, NULL), *root, *values = json_array();
    ck_assert_ptr_nonnull(object);
    columns_table(&set, "rows", fields);
    columns_add(&set, "rows", fields, object);
    root = columns_json(&set);
    const json_t *table = json_object_get(json_object_get(root, "tables"), "rows");
    for (const struct page_field *field = fields; field->name; field++)
        json_array_append(values,
                          json_array_get(json_object_get(json_object_get(table, field->name), "values"), 0));
    json_array_append(values, json_object_get(root, "strings"));
    char *text = json_dumps(values, JSON_COMPACT);
    ck_assert_str_eq(text, wanted);
    free(text);
    json_decref(values);
    json_decref(root);
    json_decref(set.tables);
    json_decref(object);
    arena_free(set.arena);
}

START_TEST(each_kind_is_found_at_its_path)
{
    becomes("{\"a\":{\"word\":\"x\",\"b\":{\"flag\":true}},\"words\":[\"y\",\"x\",1],\"number\":0.5,"
            "\"at\":\"1970-01-01T00:00:01.5\"}",
            "[0,[1,0,null],0.5,1,1500000,[\"x\",\"y\"]]");
}
END_TEST

START_TEST(what_is_of_another_kind_or_not_there_is_null)
{
    becomes("{}", "[null,[],null,null,null,[]]");
    becomes("{\"a\":[1],\"words\":\"x\",\"number\":\"1\",\"at\":12}", "[null,[],null,null,null,[]]");
    becomes("{\"a\":{\"word\":null,\"b\":{\"flag\":1}},\"at\":\"yesterday\"}", "[null,[],null,null,null,[]]");
}
END_TEST

START_TEST(times_are_of_the_clock_that_the_text_shows)
{
    static const char *const same[] = {"2026-02-28T23:59:59.000250", "2026-02-28T23:59:59.000250Z",
                                       "2026-02-28T23:59:59.000250+05:30", "2026-02-28 23:59:59.000250"};
    char row[128];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        snprintf(row, sizeof row, "{\"at\":\"%s\"}", same[i]);
        becomes(row, "[null,[],null,null,1772323199000250,[]]");
    }
    becomes("{\"at\":\"2026-02-28T23:59:59Z\"}", "[null,[],null,null,1772323199000000,[]]");
    becomes("{\"at\":\"2026-02-28T23:59:59-08:00\"}", "[null,[],null,null,1772323199000000,[]]");
}
END_TEST

UNIT_TESTS("emit: columns", each_kind_is_found_at_its_path, what_is_of_another_kind_or_not_there_is_null,
           times_are_of_the_clock_that_the_text_shows)
