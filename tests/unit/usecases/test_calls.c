/* Calls of the API, from a spool to claude_api_usage: how each ended, what it cost, what it repeated. */
#include "facts_text.h"
#include "spool_writer.h"
#include "unit.h"

#include "emit/log/log_document.h"
#include "usecases/conclude.h"

#include <jansson.h>

#define MS      1000000ull
#define UNKNOWN UINT64_MAX
#define BEGIN   (60000 * MS)

/* What a test says of a call; times are milliseconds from BEGIN. */
struct reported {
    unsigned stream, at, end; /* end 0: no api_end */
    const char *model;
    uint64_t status, input, output; /* input UNKNOWN: no usage */
    const char *type, *message, *headers, *stop;
    uint64_t how, attempt, first_token;
};

static uint64_t since(struct writer *w, uint64_t *now, unsigned ms)
{
    uint64_t at = BEGIN + (uint64_t)ms * MS, passed = at - *now;
    (void)w;
    *now = at;
    return passed;
}

static struct str text(const char *s) { return str_of(s ? s : ""); }

static void say_answer(struct writer *w, const struct reported *s, uint64_t *now)
{
    unsigned middle = s->end ? s->at + (s->end - s->at) / 2 : s->at + 1;
    if (s->status)
        WRITE(w, api_response, since(w, now, middle), 0, .connection = 1, .stream = s->stream,
              .status = s->status, .request_id = STR("req_1"), .headers = text(s->headers));
    if (s->input != UNKNOWN)
        WRITE(w, api_usage, 0, 0, .connection = 1, .stream = s->stream, .message_id = STR("msg_1"),
              .model = text(s->model), .input_tokens = s->input, .output_tokens = s->output,
              .cache_write_5m_tokens = UNKNOWN, .cache_write_1h_tokens = UNKNOWN,
              .cache_read_tokens = UNKNOWN, .web_searches = UNKNOWN, .web_fetches = UNKNOWN,
              .service_tier = STR("standard"), .stop_reason = text(s->stop));
    if (s->type)
        WRITE(w, api_error, 0, 0, .connection = 1, .stream = s->stream, .type = text(s->type),
              .message = text(s->message));
}

static void say(struct writer *w, const struct reported *s, uint64_t *now)
{
    WRITE(w, api_request, since(w, now, s->at), 0, .connection = 1, .stream = s->stream,
          .server = STR("api.anthropic.com"), .endpoint = STR("/v1/messages"), .model = STR("claude-opus-5"),
          .streaming = 1, .attempt = s->attempt, .body_bytes = 10);
    say_answer(w, s, now);
    if (s->end)
        WRITE(w, api_end, since(w, now, s->end), 0, .connection = 1, .stream = s->stream, .how = s->how,
              .first_token_ticks = s->first_token, .sent_bytes = 10, .received_bytes = 20);
}

static void begin(struct writer *w, uint64_t *now)
{
    *now = BEGIN;
    writer_begin(w, (struct vl_chunk){.pid = 10, .process_start = 7, .ticks = BEGIN});
    WRITE(w, video_define, 0, 0, .video = STR("one"), .folder = STR("/o/one"));
    WRITE(w, process_start, 0, 0, .exe = STR("/usr/bin/python3"), .cwd = STR("/o"),
          .argv = STR("python3\0x.py\0"));
}

static json_t *fold(struct writer *w, const char *prices)
{
    struct facts *facts = facts_of_file(writer_save(w, unit_folder(), "one"));
    struct conclusion conclusion;
    struct err err = {0};
    struct conclude_options options = {.utc = true, .prices = prices};
    ck_assert_msg(conclude_all(facts, &options, &conclusion, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(conclusion.logs.count, 1);
    json_t *log = log_document(VEC_AT(&conclusion.logs, struct log, 0));
    conclude_free(&conclusion);
    facts_free(facts);
    writer_free(w);
    return log;
}

/* The log of a process that makes these calls, one after the other, and then exits. */
static json_t *told(const struct reported *calls, size_t count, bool exits)
{
    struct writer w = {0};
    uint64_t now;
    begin(&w, &now);
    for (size_t i = 0; i < count; i++)
        say(&w, &calls[i], &now);
    if (exits)
        WRITE(&w, process_exit, since(&w, &now, 500000), 0, .how = VL_EXIT_RETURN, .status = 0);
    writer_finish(&w);
    return fold(&w, NULL);
}

static json_t *call_at(json_t *log, size_t i)
{
    return json_array_get(json_object_get(log, "claude_api_usage"), i);
}

static json_t *field(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    ck_assert_msg(value != NULL, "%s is missing", key);
    return value;
}

static const char *text_of(json_t *object, const char *key) { return json_string_value(field(object, key)); }

static double number_of(json_t *object, const char *key) { return json_number_value(field(object, key)); }

#define ck_null(object, key) ck_assert_msg(json_is_null(field(object, key)), "%s is known", key)

START_TEST(a_whole_answer_has_its_tokens_times_and_cost)
{
    struct reported calls[] = {{.stream = 1,
                                .at = 1000,
                                .end = 3000,
                                .model = "claude-opus-5-20260101",
                                .status = 200,
                                .input = 1000,
                                .output = 50,
                                .stop = "end_turn",
                                .first_token = 250 * MS}};
    json_t *log = told(calls, 1, true), *call = call_at(log, 0), *summary = field(log, "summary");
    ck_assert_str_eq(text_of(call, "timestamp"), "2026-01-01T00:01:01Z");
    ck_assert_str_eq(text_of(call, "model_used"), "claude-opus-5-20260101");
    ck_assert_str_eq(text_of(call, "source"), "tls");
    ck_assert_str_eq(text_of(call, "usage"), "complete");
    ck_null(call, "usage_reason");
    ck_assert(number_of(call, "prompt_tokens") == 1000 && number_of(call, "total_tokens") == 1050);
    ck_null(call, "cache_read_tokens");
    ck_assert(number_of(call, "estimated_cost_usd") == 0.00625);
    ck_assert(number_of(call, "response_time_seconds") == 2);
    ck_assert(number_of(call, "time_to_first_token_seconds") == 0.25);
    ck_assert(json_is_true(field(call, "success")));
    ck_assert_str_eq(text_of(call, "stop_reason"), "end_turn");
    ck_assert_str_eq(text_of(call, "request_id"), "req_1");
    ck_assert(number_of(summary, "total_claude_calls") == 1 && number_of(summary, "calls_without_cost") == 0);
    ck_assert(number_of(summary, "estimated_total_cost") == 0.00625);
    ck_assert_uint_eq(strlen(text_of(call, "call_id")), 16);
    json_decref(log);
}
END_TEST

START_TEST(a_refusal_and_its_repetition_by_the_client_are_linked)
{
    struct reported calls[] = {{.stream = 1,
                                .at = 1000,
                                .end = 1200,
                                .status = 429,
                                .input = UNKNOWN,
                                .type = "rate_limit_error",
                                .message = "slow down",
                                .headers = "retry-after: 2\nanthropic-ratelimit-requests-remaining: 5\n"
                                           "anthropic-ratelimit-input-tokens-remaining: 0\n"},
                               {.stream = 2,
                                .at = 3300,
                                .end = 3400,
                                .status = 529,
                                .input = UNKNOWN,
                                .type = "overloaded_error",
                                .message = "Overloaded",
                                .attempt = 1},
                               {.stream = 3,
                                .at = 4000,
                                .end = 5000,
                                .model = "claude-opus-5",
                                .status = 200,
                                .input = 10,
                                .output = 1,
                                .stop = "end_turn",
                                .attempt = 2}};
    json_t *log = told(calls, 3, true), *first = call_at(log, 0), *last = call_at(log, 2);
    ck_assert(json_is_false(field(first, "success")) && json_is_true(field(first, "rate_limited")));
    ck_assert_str_eq(text_of(first, "rate_limit"), "input-tokens");
    ck_assert_str_eq(text_of(first, "error_type"), "rate_limit_error");
    ck_assert_str_eq(text_of(first, "error_message"), "slow down");
    ck_assert(number_of(first, "http_status") == 429 && number_of(first, "estimated_cost_usd") == 0);
    ck_null(first, "retry_of");
    ck_assert_str_eq(text_of(call_at(log, 1), "retry_of"), text_of(first, "call_id"));
    ck_assert(number_of(call_at(log, 1), "wait_seconds") == 2.1);
    ck_assert_str_eq(text_of(last, "retry_of"), text_of(call_at(log, 1), "call_id"));
    ck_assert_str_eq(text_of(last, "retried_by"), "client");
    json_t *rate_limit_periods = field(field(log, "performance"), "throttling"),
           *period = json_array_get(rate_limit_periods, 0);
    ck_assert_uint_eq(json_array_size(rate_limit_periods), 1);
    ck_assert_str_eq(text_of(period, "limit"), "input-tokens");
    ck_assert(number_of(period, "refused_calls") == 2 && number_of(period, "seconds_lost") == 3);
    ck_assert(json_is_true(field(period, "recovered")) && json_is_true(field(period, "retryable")));
    ck_assert(json_is_true(field(first, "retryable")) && number_of(first, "retry_after_seconds") == 2);
    json_decref(log);
}
END_TEST

START_TEST(a_spending_cap_is_not_worth_a_retry_and_says_so)
{
    struct reported calls[] = {{.stream = 1,
                                .at = 1000,
                                .end = 1200,
                                .status = 429,
                                .input = UNKNOWN,
                                .type = "rate_limit_error",
                                .message = "limit (enforced_spend_limit_reached)"},
                               {.stream = 2,
                                .at = 100000,
                                .end = 100100,
                                .status = 500,
                                .input = UNKNOWN,
                                .type = "api_error",
                                .headers = "x-should-retry: false\n"},
                               {.stream = 3, .at = 200000, .end = 200100, .status = 401, .input = UNKNOWN}};
    json_t *log = told(calls, 3, true), *rate_limit_periods = field(field(log, "performance"), "throttling");
    for (size_t i = 0; i < 3; i++)
        ck_assert(json_is_false(field(call_at(log, i), "retryable")));
    ck_assert_str_eq(text_of(call_at(log, 0), "rate_limit"), "spend");
    ck_assert_uint_eq(json_array_size(rate_limit_periods), 1);
    ck_assert_str_eq(text_of(json_array_get(rate_limit_periods, 0), "limit"), "spend");
    ck_assert(json_is_false(field(json_array_get(rate_limit_periods, 0), "retryable")));
    ck_assert(json_is_false(field(json_array_get(rate_limit_periods, 0), "recovered")));
    json_decref(log);
}
END_TEST

START_TEST(a_script_that_asks_again_later_repeats_too)
{
    struct reported calls[] = {
        {.stream = 1, .at = 0, .end = 100, .status = 500, .input = UNKNOWN, .type = "api_error"},
        {.stream = 2,
         .at = 40100,
         .end = 40200,
         .status = 200,
         .input = 1,
         .output = 1,
         .model = "claude-opus-5",
         .stop = "end_turn"},
        {.stream = 3,
         .at = 50000,
         .end = 50100,
         .status = 400,
         .input = UNKNOWN,
         .type = "invalid_request_error"},
        {.stream = 4,
         .at = 51000,
         .end = 51100,
         .status = 200,
         .input = 1,
         .output = 1,
         .model = "claude-opus-5",
         .stop = "end_turn"}};
    json_t *log = told(calls, 4, true);
    ck_assert_str_eq(text_of(call_at(log, 1), "retry_of"), text_of(call_at(log, 0), "call_id"));
    ck_assert_str_eq(text_of(call_at(log, 1), "retried_by"), "script");
    ck_assert(number_of(call_at(log, 1), "wait_seconds") == 40);
    ck_null(call_at(log, 3), "retry_of"); /* a request that is wrong is not repeated */
    json_decref(log);
}
END_TEST

START_TEST(a_stream_that_breaks_counts_what_it_told)
{
    struct reported calls[] = {
        {.stream = 1,
         .at = 1000,
         .end = 1500,
         .model = "claude-opus-5",
         .status = 200,
         .input = 100,
         .output = 1,
         .type = "overloaded_error",
         .message = "Overloaded"},
        {.stream = 2,
         .at = 2000,
         .end = 2500,
         .model = "claude-opus-5",
         .status = 200,
         .input = 100,
         .output = 1,
         .how = VL_API_CUT},
        {.stream = 3, .at = 9000, .model = "claude-opus-5", .status = 200, .input = 100, .output = 1}};
    json_t *log = told(calls, 3, true);
    static const char *const why[] = {"the stream ended with an error",
                                      "the connection ended before the answer did",
                                      "the process ended before the answer was complete"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(text_of(call_at(log, i), "usage"), "partial");
        ck_assert_str_eq(text_of(call_at(log, i), "usage_reason"), why[i]);
        ck_assert(json_is_false(field(call_at(log, i), "success")));
        ck_assert(number_of(call_at(log, i), "estimated_cost_usd") == 0.000525);
    }
    ck_assert_str_eq(text_of(call_at(log, 1), "retry_of"), text_of(call_at(log, 0), "call_id"));
    json_t *error = field(field(log, "errors"), "claude_api_error");
    ck_assert_str_eq(text_of(error, "category"), "claude_api_error");
    ck_assert(number_of(error, "occurrence_count") == 2);
    json_decref(log);
}
END_TEST

START_TEST(what_the_recording_does_not_hold_is_not_known)
{
    struct reported calls[] = {{.stream = 1, .at = 1000, .status = 0, .input = UNKNOWN}};
    json_t *log = told(calls, 1, false), *call = call_at(log, 0);
    ck_null(call, "success");
    ck_null(call, "response_time_seconds");
    ck_null(call, "prompt_tokens");
    ck_null(call, "estimated_cost_usd");
    ck_null(call, "model_used");
    ck_assert_str_eq(text_of(call, "model_requested"), "claude-opus-5");
    ck_assert_str_eq(text_of(call, "usage"), "none");
    ck_assert_str_eq(text_of(call, "usage_reason"), "the recording ends before the answer does");
    json_decref(log);
}
END_TEST

START_TEST(an_unknown_model_is_named_and_costs_null)
{
    struct reported calls[] = {{.stream = 1,
                                .at = 0,
                                .end = 10,
                                .status = 200,
                                .input = 1,
                                .output = 1,
                                .model = "claude-opus-9",
                                .stop = "end_turn"}};
    json_t *log = told(calls, 1, true);
    ck_null(call_at(log, 0), "estimated_cost_usd");
    ck_assert(number_of(field(log, "summary"), "calls_without_cost") == 1);
    const char *warning = json_string_value(json_array_get(field(field(log, "vlagg"), "warnings"), 0));
    ck_assert_ptr_nonnull(strstr(warning, "claude-opus-9"));
    json_decref(log);
}
END_TEST

START_TEST(an_answer_that_stopped_too_early_is_an_error_though_the_call_worked)
{
    struct reported calls[] = {{.stream = 1,
                                .at = 0,
                                .end = 10,
                                .status = 200,
                                .input = 1,
                                .output = 1,
                                .model = "claude-opus-5",
                                .stop = "max_tokens"},
                               {.stream = 2,
                                .at = 20,
                                .end = 30,
                                .status = 200,
                                .input = 1,
                                .output = 1,
                                .model = "claude-opus-5",
                                .stop = "refusal"},
                               {.stream = 3,
                                .at = 40,
                                .end = 50,
                                .status = 401,
                                .input = UNKNOWN,
                                .type = "authentication_error",
                                .message = "invalid x-api-key"}};
    json_t *log = told(calls, 3, true), *error = field(field(log, "errors"), "claude_api_error");
    ck_assert(json_is_true(field(call_at(log, 0), "success")));
    ck_assert(number_of(error, "occurrence_count") == 3);
    ck_assert_uint_eq(json_array_size(field(error, "variants")), 3);
    char *all = json_dumps(error, 0);
    ck_assert_ptr_nonnull(strstr(all, "HTTP 401: authentication_error: invalid x-api-key"));
    ck_assert_ptr_nonnull(strstr(all, "Raise the limit or split"));
    free(all);
    json_decref(log);
}
END_TEST

START_TEST(a_call_cut_off_by_a_kill_keeps_what_it_got)
{
    struct reported call = {
        .stream = 1, .at = 1000, .model = "claude-opus-5", .status = 200, .input = 100, .output = 1};
    struct writer w = {0};
    uint64_t now;
    begin(&w, &now);
    say(&w, &call, &now);
    writer_begin(&w, (struct vl_chunk){.pid = 9, .process_start = 3, .ticks = BEGIN + 5000 * MS});
    WRITE(&w, process_kill, 0, 0, .target = 10, .signal = 9);
    WRITE(&w, process_reap, 0, 0, .child = 10, .wait_status = 9);
    json_t *log = fold(&w, NULL), *row = call_at(log, 0);
    ck_assert_str_eq(text_of(row, "usage"), "partial");
    ck_assert_str_eq(text_of(row, "usage_reason"), "the process was killed before the answer was complete");
    ck_assert(json_is_false(field(row, "success")) && number_of(row, "prompt_tokens") == 100);
    ck_assert(number_of(row, "response_time_seconds") == 4);
    ck_assert(number_of(row, "estimated_cost_usd") == 0.000525);
    ck_assert_uint_eq(json_object_size(field(log, "errors")), 0); /* what was killed is told elsewhere */
    json_decref(log);
}
END_TEST

/* Every event in a chunk of its own, in an order by chance. */
static char *shuffled(uint64_t *seed)
{
    unsigned order[12];
    struct writer w = {0};
    for (unsigned i = 0; i < 12; i++) {
        unsigned j = unit_random(seed) % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (unsigned i = 0; i < 12; i++) {
        uint64_t call = order[i] / 4, part = order[i] % 4;
        writer_begin(&w, (struct vl_chunk){.pid = 10,
                                           .process_start = 7,
                                           .ticks = BEGIN + order[i] * 100 * MS,
                                           .sequence = order[i]});
        WRITE(&w, video_define, 0, 0, .video = STR("one"), .folder = STR("/o/one"));
        if (part == 0)
            WRITE(&w, api_request, 0, 0, .connection = 1, .stream = call, .model = STR("claude-opus-5"));
        else if (part == 1)
            WRITE(&w, api_response, 0, 0, .connection = 1, .stream = call, .status = call ? 200 : 529);
        else if (part == 2 && call)
            WRITE(&w, api_usage, 0, 0, .connection = 1, .stream = call, .model = STR("claude-opus-5"),
                  .input_tokens = 10 * call, .output_tokens = 1, .stop_reason = STR("end_turn"));
        else if (part == 3)
            WRITE(&w, api_end, 0, 0, .connection = 1, .stream = call);
        writer_finish(&w);
    }
    json_t *log = fold(&w, NULL);
    char *all = json_dumps(log, 0);
    json_decref(log);
    return all;
}

START_TEST(the_order_of_chunks_makes_no_difference_to_calls)
{
    uint64_t seed = 11;
    char *first = shuffled(&seed);
    ck_assert_ptr_nonnull(strstr(first, "\"retried_by\": \"client\""));
    for (int round = 0; round < 40; round++) {
        char *again = shuffled(&seed);
        ck_assert_str_eq(first, again);
        free(again);
    }
    free(first);
}
END_TEST

UNIT_TESTS("usecases: calls", a_call_cut_off_by_a_kill_keeps_what_it_got,
           the_order_of_chunks_makes_no_difference_to_calls, a_whole_answer_has_its_tokens_times_and_cost,
           a_refusal_and_its_repetition_by_the_client_are_linked,
           a_spending_cap_is_not_worth_a_retry_and_says_so, a_script_that_asks_again_later_repeats_too,
           a_stream_that_breaks_counts_what_it_told, what_the_recording_does_not_hold_is_not_known,
           an_unknown_model_is_named_and_costs_null,
           an_answer_that_stopped_too_early_is_an_error_though_the_call_worked)
