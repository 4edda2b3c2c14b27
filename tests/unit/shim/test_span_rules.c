#include "suites.h"

#include "python/filter.h"
#include "python/pattern.h"
#include "python/rules.h"

#include <string.h>

static const struct span_function *read_rules(const char *text, const char **error)
{
    return span_rules_read(text, strlen(text), error);
}

START_TEST(the_built_in_rules_can_be_read)
{
    const struct span_function *f = span_rules();
    int count = 0;
    for (; f; f = f->next)
        count++;
    ck_assert_int_ge(count, 20);
}
END_TEST

/* A module whose names are not in span_words.def is never held against them. */
START_TEST(what_the_built_in_rules_ask_for_passes_the_filter)
{
    for (const struct span_function *f = span_rules(); f; f = f->next) {
        char word[64];
        size_t n = strcspn(f->qualname, ".");
        ck_assert_uint_lt(n, sizeof word);
        memcpy(word, f->qualname, n);
        word[n] = '\0';
        ck_assert_msg(filter_knows(pattern_last(f->module, f->module + strlen(f->module), '.'), word),
                      "%s:%s", f->module, f->qualname);
    }
    ck_assert(!filter_knows("json", "loads"));
}
END_TEST

START_TEST(a_rule_has_what_it_says)
{
    const char *error;
    const struct span_function *f =
        read_rules("{\"rules\": [{\"x\": [1, {\"y\": \"]}\"}]}], \"spans\": [{\"id\": \"a\", \"function\": "
                   "[\"m:f\", \"p.q:C.g\"],"
                   " \"arguments\": [\"x\", \"y.z\"], \"result\": {\"ok\": \"0\"}, \"video\": \"x\", "
                   "\"note\": \"n\", \"means\": {\"a\": null}}]}",
                   &error);
    ck_assert_ptr_null(error);
    ck_assert_str_eq(f->module, "m");
    ck_assert_str_eq(f->qualname, "f");
    ck_assert_uint_eq(f->rule->arguments.count, 2);
    ck_assert_str_eq(f->rule->arguments.at[1].path, "y.z");
    ck_assert_str_eq(f->rule->result.at[0].name, "ok");
    ck_assert_str_eq(f->rule->result.at[0].path, "0");
    ck_assert_str_eq(f->rule->videos[0], "x");
    ck_assert_str_eq(f->rule->note, "n");
    ck_assert_str_eq(f->next->module, "p.q");
    ck_assert_str_eq(f->next->qualname, "C.g");
    ck_assert_ptr_eq(f->rule, f->next->rule);
    ck_assert_ptr_null(f->next->next);
}
END_TEST

START_TEST(what_is_wrong_is_no_rule)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{\"spans\": [",
        "{\"spans\": [{\"function\": \"no colon\"}]}",
        "{\"spans\": [{\"function\": \"a:b\"]}",
        "{\"spans\": [{\"function\": \"a:b\", \"arguments\": [1]}]}",
        "{\"spans\": [{\"function\": \"a:b\", \"x\": \"\\",
        "{\"spans\": []} more",
        "{\"spans\" []}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *error = NULL;
        ck_assert_msg(!read_rules(wrong[i], &error), "%s", wrong[i]);
        ck_assert_msg(error, "%s", wrong[i]);
    }
}
END_TEST

Suite *suite_span_rules(void)
{
    Suite *s = suite_create("span rules");
    TCase *c = tcase_create("reading");
    tcase_add_test(c, the_built_in_rules_can_be_read);
    tcase_add_test(c, what_the_built_in_rules_ask_for_passes_the_filter);
    tcase_add_test(c, a_rule_has_what_it_says);
    tcase_add_test(c, what_is_wrong_is_no_rule);
    suite_add_tcase(s, c);
    return s;
}
