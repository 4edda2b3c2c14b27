/* What others wrote stays; ours is replaced; the bytes are the same every time. */
#include "unit.h"

#include "emit/json.h"
#include "emit/log/merge_log.h"

#include <stdlib.h>

#define OURS                                                                                                 \
    "{\"video_id\": \"V\", \"created_at\": \"t\", \"stages\": {\"cleaning\": {\"n\": 1, \"by\": "            \
    "\"vlagg\"}}, \"errors\": {},"                                                                           \
    "\"retry_attempts\": {\"cleaning\": [{\"n\": 2, \"by\": \"vlagg\"}]}, \"claude_api_usage\": [],"         \
    "\"validation_history\": [{\"n\": 3, \"by\": \"vlagg\"}], \"performance\": {\"by\": \"vlagg\"},"         \
    "\"summary\": {\"by\": \"vlagg\"}, \"vlagg\": {}}"

static json_t *parsed(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    ck_assert_msg(value != NULL, "%s", text);
    return value;
}

static char *merged(const char *old_text, const char *new_text)
{
    json_t *old = old_text ? parsed(old_text) : NULL, *ours = parsed(new_text);
    json_t *both = merge_log(old, NULL, ours);
    size_t bytes;
    char *text = json_write(both, &bytes);
    json_decref(old);
    json_decref(ours);
    json_decref(both);
    return text;
}

static void expect(const char *text, const char *path, const char *value)
{
    json_t *root = parsed(text), *at = root, *wanted = parsed(value);
    char *copy = strdup(path), *rest = copy;
    for (char *part; at && (part = strsep(&rest, "/"));)
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(part)) : json_object_get(at, part);
    ck_assert_msg(json_equal(at, wanted), "%s of %s", path, text);
    free(copy);
    json_decref(root);
    json_decref(wanted);
}

START_TEST(the_same_bytes_when_folded_again)
{
    static const char *const olds[] = {
        NULL, OURS, "{}",
        "{\"note\": 1, \"stages\": {\"cleaning\": {\"status\": \"x\"}}, \"performance\": {\"p\": 1}}",
        "{\"stages\": [1], \"errors\": null, \"retry_attempts\": {\"a\": \"b\"}, \"summary\": 5, "
        "\"stages_legacy\": 1}"};
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
        char *once = merged(olds[i], OURS), *twice = merged(once, OURS);
        ck_assert_str_eq(once, twice);
        free(once);
        free(twice);
    }
}
END_TEST

START_TEST(entries_of_others_come_first_and_stay)
{
    char *text = merged("{\"stages\": {\"cleaning\": {\"status\": \"theirs\"}, \"old\": {\"by\": \"vlagg\"}},"
                        "\"retry_attempts\": {\"cleaning\": [{\"n\": 0}, {\"by\": \"vlagg\"}]},"
                        "\"validation_history\": [{\"by\": \"vlagg\"}, {\"n\": 0}], \"mine\": [1, 2.5]}",
                        OURS);
    expect(text, "stages/cleaning", "{\"status\": \"theirs\"}");
    expect(text, "stages/cleaning_vlagg/n", "1");
    expect(text, "stages",
           "{\"cleaning\": {\"status\": \"theirs\"}, \"cleaning_vlagg\": {\"n\": 1, \"by\": \"vlagg\"}}");
    expect(text, "retry_attempts/cleaning", "[{\"n\": 0}, {\"n\": 2, \"by\": \"vlagg\"}]");
    expect(text, "validation_history", "[{\"n\": 0}, {\"n\": 3, \"by\": \"vlagg\"}]");
    expect(text, "mine", "[1, 2.5]");
    free(text);
}
END_TEST

START_TEST(a_section_of_another_shape_moves_aside)
{
    char *text = merged("{\"stages\": [1], \"performance\": {\"cpu\": null}}", OURS);
    expect(text, "stages_legacy", "[1]");
    expect(text, "stages/cleaning/n", "1");
    expect(text, "performance_legacy", "{\"cpu\": null}");
    free(text);
}
END_TEST

static void expect_number(double value, const char *text)
{
    json_t *array = json_array();
    size_t bytes;
    json_array_append_new(array, json_real(value));
    char *written = json_write(array, &bytes);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "[\n  %s\n]\n", text);
    ck_assert_str_eq(written, wanted);
    free(written);
    json_decref(array);
}

START_TEST(numbers_have_their_shortest_form)
{
    expect_number(0, "0.0");
    expect_number(0.1, "0.1");
    expect_number(0.30000000000000004, "0.30000000000000004");
    expect_number(1234567.891, "1234567.891");
    expect_number(1e300, "1e+300");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_shown_as_such)
{
    static const char *const pairs[][2] = {{"a\xff", "a\xef\xbf\xbd"},
                                           {"\xc3\xa9", "\xc3\xa9"},
                                           {"\xc3", "\xef\xbf\xbd"},
                                           {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        json_t *value = json_text(str_of(pairs[i][0]));
        ck_assert_str_eq(json_string_value(value), pairs[i][1]);
        json_decref(value);
    }
}
END_TEST

static void expect_time(bool utc, int64_t at_ns, const char *text)
{
    struct arena *arena = arena_new();
    struct log log = {.utc = utc};
    *VEC_PUSH(arena, &log.zone, struct zone_step) = (struct zone_step){0, 3600};
    *VEC_PUSH(arena, &log.zone, struct zone_step) = (struct zone_step){1000000000000000000, 7200};
    json_t *value = json_time(&log, at_ns);
    ck_assert_str_eq(json_string_value(value), text);
    json_decref(value);
    arena_free(arena);
}

START_TEST(times_are_local_to_the_recording_as_python_prints_them)
{
    expect_time(false, 0, "1970-01-01T01:00:00");
    expect_time(false, 1500000, "1970-01-01T01:00:00.001500");
    expect_time(false, 1000000000000000000, "2001-09-09T03:46:40");
    expect_time(true, 1000000000000000000, "2001-09-09T01:46:40Z");
    expect_time(true, 1999, "1970-01-01T00:00:00.000001Z");
}
END_TEST

UNIT_TESTS("emit: logs", the_same_bytes_when_folded_again, entries_of_others_come_first_and_stay,
           a_section_of_another_shape_moves_aside, numbers_have_their_shortest_form,
           bytes_that_are_no_text_are_shown_as_such, times_are_local_to_the_recording_as_python_prints_them)
