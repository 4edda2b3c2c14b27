/* What a log says is the same for all that ask it. */
#include "unit.h"

#include "emit/log_view.h"

static json_t *log_of(const char *text)
{
    json_t *log = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(log);
    return log;
}

static void fares(const char *stages, const char *word, bool failed)
{
    json_t *log = log_of(stages);
    struct video_status status = log_view_status(log);
    ck_assert_str_eq(video_status_word(&status), word);
    ck_assert_int_eq(video_status_failed(&status), failed);
    json_decref(log);
}

START_TEST(a_video_fared_as_the_worst_of_its_stages)
{
    fares("{}", "no stage seen", false);
    fares("{\"stages\": {\"a\": {\"status\": \"completed\"}, \"b\": {\"status\": \"skipped\"}}}", "completed",
          false);
    fares("{\"stages\": {\"a\": {\"status\": \"timeout\"}, \"b\": {\"status\": \"completed\"}}}", "timeout",
          true);
    fares("{\"stages\": {\"a\": {\"status\": \"timeout\"}, \"b\": {\"status\": \"failed\"}}}", "failed",
          true);
    fares("{\"stages\": {\"a\": {\"status\": \"failed\"}, \"b\": {\"status\": \"interrupted\"}}}",
          "interrupted", true);
    fares("{\"stages\": {\"a\": {\"status\": \"failed\"}, \"b\": {\"status\": \"running\"}}}", "running",
          true);
    fares("{\"stages\": {\"a\": {\"status\": \"of another logger\"}}}", "completed", false);
}
END_TEST

struct counter {
    struct log_view_visitor visitor;
    unsigned count;
    char text[400];
};

static void see(struct log_view_visitor *visitor, const json_t *log, const char *key, const json_t *error,
                const json_t *variant)
{
    struct counter *c = (struct counter *)visitor;
    size_t used = strlen(c->text);
    ck_assert_ptr_nonnull(json_object_get(log, "errors"));
    snprintf(c->text + used, sizeof c->text - used, "%s %s %s %lld\n", key, log_view_text(error, "category"),
             log_view_error_identity(variant), (long long)log_view_occurrences(variant));
    c->count++;
}

START_TEST(each_variant_is_an_error_and_an_entry_without_any_is_one)
{
    json_t *log = log_of("{\"errors\": {\"a_x\": {\"category\": \"x\", \"message\": \"one\", "
                         "\"occurrence_count\": 5, \"variants\": ["
                         "{\"fingerprint\": \"f1\", \"message\": \"one\", \"occurrence_count\": 3},"
                         "{\"fingerprint\": \"f2\", \"message\": \"two\", \"occurrence_count\": 2}]},"
                         "\"b_y\": {\"category\": \"y\", \"message\": \"three\"}}}");
    struct counter c = {.visitor.see = see};
    log_view_errors(log, &c.visitor);
    ck_assert_uint_eq(c.count, 3);
    ck_assert_str_eq(c.text, "a_x x f1 3\na_x x f2 2\nb_y y three 1\n");
    json_decref(log);
}
END_TEST

UNIT_TESTS("emit: what a log says", a_video_fared_as_the_worst_of_its_stages,
           each_variant_is_an_error_and_an_entry_without_any_is_one)
