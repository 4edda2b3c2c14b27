/* What a parser would change is written as it was read; what is not JSON is still refused. */
#include "unit.h"

#include "base/raw_json.h"
#include "emit/json.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *read_back(const char *text, size_t length, enum raw_json_which how)
{
    size_t bytes = 0;
    char *held = raw_json_hold((struct str){text, length}, how, &bytes);
    json_t *value = held ? json_loadb(held, bytes, JSON_DECODE_ANY, NULL) : NULL;
    free(held);
    return value;
}

static char *written(const json_t *value)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    json_put_compact(out, value);
    fclose(out);
    return text;
}

START_TEST(each_digit_and_escape_stays)
{
    static const char *const texts[] = {
        "[1e400,-1e400,0.1000,-0,-0.0,1E5,1e-7,12345678901234567890]",
        "[-9223372036854775809,2.50,0,-5,999999999999999999]",
        "[\"\\udc80\",\"\\ud800\\ud800\",\"\\u0000\",\"\\ud83dx\",\"\\ue000raw:1\",\"\\\\udc80\",\"a\\\"b\"]",
        "{\"\\udc80 key\":[{\"\\u0000\":1.0}]}", "[\"\xee\x80\x80raw:x\"]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *value = read_back(texts[i], strlen(texts[i]), RAW_JSON_ALL);
        ck_assert_msg(value != NULL, "%s", texts[i]);
        char *out = written(value);
        ck_assert_str_eq(out, texts[i]);
        free(out);
        json_decref(value);
    }
}
END_TEST

START_TEST(what_is_no_json_stays_none)
{
    static const char *const texts[] = {"[01]",
                                        "[1.]",
                                        "[.5]",
                                        "[1e]",
                                        "[-]",
                                        "[+1]",
                                        "[\"\\q\"]",
                                        "[\"\\u00\"]",
                                        "[\"\\udc80\\q\"]",
                                        "[\"\\udc80",
                                        "[1e400",
                                        "[1e400 2]",
                                        "{1e400:1}",
                                        "",
                                        "[\"\\udc80\n\"]",
                                        "[\"\\udc80\xff\"]",
                                        "[nan]",
                                        "[NaNa]",
                                        "{NaN:1}",
                                        "1e400x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(read_back(texts[i], strlen(texts[i]), RAW_JSON_ALL) == NULL, "%s", texts[i]);
}
END_TEST

START_TEST(numbers_that_json_has_not_become_text)
{
    const char *text = "[NaN,-Infinity,{\"a\":Infinity},\"NaN\"]";
    json_t *value = read_back(text, strlen(text), RAW_JSON_ALL);
    ck_assert(value != NULL);
    char *out = written(value);
    ck_assert_str_eq(out, "[\"NaN\",\"-Infinity\",{\"a\":\"Infinity\"},\"NaN\"]");
    free(out);
    json_decref(value);
}
END_TEST

START_TEST(a_reader_gets_numbers_where_it_can)
{
    const char *text = "[0.1000,1E5,7,1e400,123456789012345678901]";
    json_t *value = read_back(text, strlen(text), RAW_JSON_NEEDED);
    ck_assert(value != NULL);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(json_is_number(json_array_get(value, i)), i < 3);
    json_decref(value);
}
END_TEST

START_TEST(no_text_leads_astray)
{
    static const char letters[] = "\\\"ud80ce.-+[]{}:, \n\xee\x80\xff";
    uint64_t state = 7;
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t length = unit_random(&state) % sizeof text;
        for (size_t i = 0; i < length; i++)
            text[i] = letters[unit_random(&state) % (sizeof letters - 1)];
        char *exact = malloc(length + !length); /* a sanitizer sees a byte beyond */
        memcpy(exact, text, length);
        json_decref(read_back(exact, length, RAW_JSON_ALL));
        free(exact);
    }
}
END_TEST

UNIT_TESTS("emit: exact", numbers_that_json_has_not_become_text, each_digit_and_escape_stays,
           what_is_no_json_stays_none, a_reader_gets_numbers_where_it_can, no_text_leads_astray)
