/* Valid JSON from any bytes, and times. */
#include "unit.h"

#include "emit/export/ndjson.h"
#include "emit/text.h"

#include <stdlib.h>

static void becomes(struct str in, const char *out)
{
    json_t *json = text_json(in);
    ck_assert_str_eq(json_string_value(json), out);
    json_decref(json);
}

START_TEST(bytes_that_are_no_utf8_are_replaced_one_by_one)
{
    becomes(STR("plain \xc3\xa4 \xe2\x9c\x93 \xf0\x9f\x93\x8a"),
            "plain \xc3\xa4 \xe2\x9c\x93 \xf0\x9f\x93\x8a");
    becomes(STR("\xff"), "\xef\xbf\xbd");
    becomes(STR("a\xc3"), "a\xef\xbf\xbd");
    becomes(STR("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong */
    becomes(STR("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
    becomes(STR("\xf4\x90\x80\x80z"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
    becomes((struct str){NULL, 0}, "");
}
END_TEST

START_TEST(any_bytes_give_json_that_is_read_back)
{
    uint64_t seed = 4;
    for (int round = 0; round < 2000; round++) {
        char bytes[40], *text;
        size_t len = unit_random(&seed) % sizeof bytes;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)unit_random(&seed);
        json_t *json = text_json((struct str){bytes, len});
        text = json_dumps(json, JSON_ENCODE_ANY);
        ck_assert_ptr_nonnull(text);
        json_t *back = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        ck_assert(json_equal(json, back));
        json_decref(back);
        json_decref(json);
        free(text);
    }
}
END_TEST

START_TEST(words_become_an_array_and_a_cut_one_is_kept)
{
    json_t *words = text_json_words((struct str){"a\0\0b c\0cut", 11});
    ck_assert_uint_eq(json_array_size(words), 4);
    ck_assert_str_eq(json_string_value(json_array_get(words, 1)), "");
    ck_assert_str_eq(json_string_value(json_array_get(words, 3)), "cut");
    json_decref(words);
    words = text_json_words(STR(""));
    ck_assert_uint_eq(json_array_size(words), 0);
    json_decref(words);
    words = text_json_words(STR("a\0"));
    ck_assert_uint_eq(json_array_size(words), 1);
    json_decref(words);
}
END_TEST

START_TEST(times_are_iso_8601)
{
    char text[ISO_BYTES];
    text_iso_utc(1767225600000000042, text);
    ck_assert_str_eq(text, "2026-01-01T00:00:00.000000042Z");
    text_iso_utc(-1, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59.999999999Z");
    text_iso_local(1767225600123456789, 19800, text);
    ck_assert_str_eq(text, "2026-01-01T05:30:00.123456+05:30");
    text_iso_local(1767225600123456789, -12600, text);
    ck_assert_str_eq(text, "2025-12-31T20:30:00.123456-03:30");
    text_iso_utc(INT64_MAX, text);
    text_iso_utc(INT64_MIN, text);
}
END_TEST

static void line_is(const struct event_line *line, const char *expected)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_int_eq(ndjson_write_event(out, line), 0);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(a_line_has_the_fields_of_its_event_and_the_path_of_its_descriptor)
{
    struct record record = {.code = VL_file_preadv, .cells = {3, 70000}};
    struct event_line line = {&record, 1767225600000000000, 12, STR("box"), STR("v"), STR("/a"), 7, 8};
    line_is(&line,
            "{\"t\":\"2026-01-01T00:00:00.000000000Z\",\"video\":\"v\",\"host\":\"box\",\"pid\":7,\"tid\":8,"
            "\"kind\":\"file_read\",\"call\":\"preadv\",\"took_ns\":12,\"fd\":3,\"bytes\":70000,\"path\":\"/"
            "a\"}\n");
    record = (struct record){.code = VL_io_fail, .io_fail = {4, VL_file_write, 28}};
    line.video = line.path = STR("");
    line_is(&line,
            "{\"t\":\"2026-01-01T00:00:00.000000000Z\",\"video\":null,\"host\":\"box\",\"pid\":7,\"tid\":8,"
            "\"kind\":\"io_fail\",\"call\":\"write\",\"took_ns\":12,\"fd\":4,\"code\":193,\"error\":28}\n");
    record = (struct record){.code = VL_process_exec, .process_exec = {STR("/bin/x"), {"x\0y\0", 4}, 4}};
    line_is(&line,
            "{\"t\":\"2026-01-01T00:00:00.000000000Z\",\"video\":null,\"host\":\"box\",\"pid\":7,\"tid\":8,"
            "\"kind\":\"process_exec\",\"took_ns\":12,\"path\":\"/bin/"
            "x\",\"argv\":[\"x\",\"y\"],\"argv_bytes\":4}\n");
}
END_TEST

UNIT_TESTS("emit: text", bytes_that_are_no_utf8_are_replaced_one_by_one,
           any_bytes_give_json_that_is_read_back, words_become_an_array_and_a_cut_one_is_kept,
           times_are_iso_8601, a_line_has_the_fields_of_its_event_and_the_path_of_its_descriptor)
