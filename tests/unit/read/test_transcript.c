/* Transcripts of the claude program: each message once, no text kept, and the copy tells the same. */
#include "unit.h"

#include "read/transcripts/transcript_reader.h"
#include "read/transcripts/usage_file.h"
#include "vl/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct transcript_wish wish(struct arena *arena)
{
    struct transcript_wish all = {.host = STR("box"), .from_ns = INT64_MIN, .to_ns = INT64_MAX};
    *VEC_PUSH(arena, &all.folders, struct str) = STR("");
    *VEC_PUSH(arena, &all.keys, uint64_t) = 42;
    return all;
}

#define ANSWER(message, request, side, output)                                                               \
    "{\"type\":\"assistant\",\"sessionId\":\"s1\",\"timestamp\":\"2026-11-23T08:00:0" output                 \
    ".250Z\",\"cwd\":\"/w\",\"requestId\":\"" request "\",\"isSidechain\":" side                             \
    ",\"message\":{\"id\":\"" message "\",\"model\":\"claude-opus-5\",\"content\":[{\"text\":\"SECRET\"}],"  \
    "\"usage\":{\"input_tokens\":7,\"output_tokens\":" output "}}}"

static struct transcripts read(struct arena *arena, const char *const *lines, size_t count)
{
    struct transcript_store *store = ARENA_NEW(arena, struct transcript_store);
    struct transcript_wish all = wish(arena);
    store->arena = arena;
    for (size_t i = 0; i < count; i++)
        transcript_line(store, str_of(lines[i]), &all);
    return transcript_store_all(store);
}

#define READ(arena, lines) read((arena), (lines), sizeof(lines) / sizeof *(lines))

static int64_t output_of(const struct transcripts *all)
{
    int64_t sum = 0;
    VEC_EACH (const struct session_row, row, &all->rows)
        sum += row->tokens.output;
    return sum;
}

START_TEST(pieces_of_one_message_count_once_with_the_most_tokens)
{
    struct arena *arena = arena_new();
    static const char *const lines[] = {ANSWER("m1", "r1", "false", "3"), ANSWER("m1", "r1", "false", "5"),
                                        ANSWER("m1", "r1", "false", "4"), ANSWER("m2", "r2", "false", "1")};
    struct transcripts all = READ(arena, lines);
    ck_assert_uint_eq(all.rows.count, 2);
    ck_assert_int_eq(output_of(&all), 6);
    /* an answer began with its first piece */
    ck_assert_int_eq(VEC_AT(&all.rows, struct session_row, 1)->at_ns % 60000000000, 3250000000);
    arena_free(arena);
}
END_TEST

START_TEST(a_sub_agents_message_is_known_by_its_id_alone)
{
    struct arena *arena = arena_new();
    static const char *const lines[] = {ANSWER("m1", "r1", "false", "3"), ANSWER("m1", "r2", "true", "5"),
                                        ANSWER("m2", "r1", "false", "1"), ANSWER("m2", "r2", "false", "2")};
    struct transcripts all = READ(arena, lines);
    ck_assert_uint_eq(all.rows.count, 3);
    ck_assert_int_eq(output_of(&all), 8);
    arena_free(arena);
}
END_TEST

START_TEST(what_is_no_row_is_stepped_over)
{
    struct arena *arena = arena_new();
    static const char *const lines[] = {
        "{\"type\":\"assistant\",\"sess",
        "",
        "null",
        "[1,2]",
        "{\"sessionId\":3,\"timestamp\":4}",
        "{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"yesterday\"}",
        "{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:00Z\",\"message\":[]}",
        "{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:00Z\",\"message\":"
        "{\"id\":\"x\",\"model\":\"<synthetic>\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}",
        "{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:00Z\",\"message\":"
        "{\"id\":\"x\",\"usage\":{\"input_tokens\":-1,\"output_tokens\":\"many\"}}}"};
    struct transcripts all = READ(arena, lines);
    ck_assert_uint_eq(all.rows.count, 0);
    arena_free(arena);
}
END_TEST

START_TEST(retries_are_told_with_their_wait)
{
    struct arena *arena = arena_new();
    static const char *const lines[] = {
        "{\"type\":\"system\",\"subtype\":\"api_error\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:"
        "00Z\","
        "\"retryAttempt\":1,\"retryInMs\":512.5,\"maxRetries\":10,\"error\":{\"status\":529,\"error\":{"
        "\"type\":"
        "\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}}}"};
    struct transcripts all = READ(arena, lines);
    const struct session_row *row = VEC_AT(&all.rows, struct session_row, 0);
    ck_assert(row->is_error);
    ck_assert_int_eq(row->http_status, 529);
    ck_assert_int_eq(row->wait_ns, 512000000);
    ck_str_is(row->error_type, "overloaded_error");
    ck_str_is(row->error_message, "Overloaded");
    arena_free(arena);
}
END_TEST

static uint64_t hash(const char *text, uint64_t key)
{
    struct vl_prompt prompt;
    vl_prompt_begin(&prompt, key);
    vl_prompt_add(&prompt, text, strlen(text));
    return vl_prompt_hash(prompt);
}

START_TEST(an_error_of_the_api_is_read_out_of_what_the_program_says_of_it)
{
    struct arena *arena = arena_new();
    static const char *const lines[] = {
        "{\"type\":\"system\",\"subtype\":\"api_error\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:"
        "00Z\","
        "\"error\":{\"status\":429,\"requestId\":\"req_1\",\"message\":\"429 "
        "{\\\"type\\\":\\\"error\\\",\\\"error\\\":{"
        "\\\"type\\\":\\\"rate_limit_error\\\",\\\"message\\\":\\\"slow\\\"},\\\"request_id\\\":\\\"req_"
        "1\\\"}\"},"
        "\"retryInMs\":500}",
        "{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:01Z\",\"requestId\":"
        "\"req_2\","
        "\"isApiErrorMessage\":true,\"apiErrorStatus\":429,\"apiErrorCode\":\"enforced_spend_limit_reached\","
        "\"apiErrorType\":\"rate_limit_error\",\"message\":{\"model\":\"<synthetic>\",\"id\":\"x\",\"usage\":"
        "{\"input_tokens\":0,"
        "\"output_tokens\":0},\"content\":[{\"type\":\"text\",\"text\":\"SECRET\"}]}}",
        "{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:02Z\","
        "\"message\":{\"model\":\"<synthetic>\",\"id\":\"y\",\"usage\":{\"input_tokens\":0,\"output_tokens\":"
        "0}}}"};
    struct transcripts all = READ(arena, lines);
    ck_assert_uint_eq(all.rows.count, 2);
    const struct session_row *repeated = VEC_AT(&all.rows, struct session_row, 0),
                             *last = VEC_AT(&all.rows, struct session_row, 1);
    ck_assert(repeated->is_error && repeated->http_status == 429 && repeated->wait_ns == 500000000);
    ck_str_is(repeated->error_type, "rate_limit_error");
    ck_str_is(repeated->error_message, "slow");
    ck_str_is(repeated->request_id, "req_1");
    ck_assert(last->is_error && last->http_status == 429 && last->wait_ns == -1);
    ck_str_is(last->error_message, "enforced_spend_limit_reached");
    ck_str_is(last->request_id, "req_2");
    arena_free(arena);
}
END_TEST

START_TEST(a_prompts_hash_is_that_of_its_standard_input)
{
    struct arena *arena = arena_new();
    static const char *const lines[] = {
        "{\"type\":\"user\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:00Z\",\"cwd\":\"/w\","
        "\"message\":{\"content\":\"Fix this:\\n  a scene\"}}",
        "{\"type\":\"user\",\"sessionId\":\"s\",\"timestamp\":\"2026-11-23T08:00:01Z\",\"cwd\":\"/w\","
        "\"message\":{\"content\":[{\"type\":\"tool_result\"}]}}"};
    struct transcripts all = READ(arena, lines);
    const struct session *session = VEC_AT(&all.sessions, struct session, 0);
    ck_assert_int_eq(session->prompt_bytes, 14);
    ck_assert_uint_eq(VEC_AT(&session->hashes, struct session_hash, 0)->hash,
                      hash("Fix this: a scene\n", 42));
    ck_assert_uint_ne(hash("Fix this: a scene", 42), hash("Fix this: a scene", 43));
    ck_assert_uint_ne(hash("abcdefgh", 42), hash("abcdefgi", 42));
    arena_free(arena);
}
END_TEST

START_TEST(a_prompts_hash_does_not_depend_on_how_it_is_cut)
{
    const char *text = "the quick brown fox jumps over the lazy dog";
    uint64_t seed = 3;
    for (int round = 0; round < 100; round++) {
        struct vl_prompt prompt;
        vl_prompt_begin(&prompt, 9);
        for (size_t at = 0; at < strlen(text);) {
            size_t piece = 1 + unit_random(&seed) % 9, left = strlen(text) - at;
            vl_prompt_add(&prompt, text + at, piece < left ? piece : left);
            at += piece;
        }
        ck_assert_uint_eq(vl_prompt_hash(prompt), hash(text, 9));
    }
}
END_TEST

static char *text_of_file(const char *path)
{
    char *text = calloc(1, 1 << 16);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, (1 << 16) - 1, file), 0);
    fclose(file);
    return text;
}

START_TEST(the_copy_reads_back_the_same_and_holds_no_text)
{
    struct arena *arena = arena_new();
    char path[4200], again_path[4300];
    struct stat st;
    static const char *const lines[] = {
        "{\"type\":\"user\",\"sessionId\":\"s1\",\"timestamp\":\"2026-11-23T08:00:00Z\",\"cwd\":\"/w\","
        "\"message\":{\"content\":\"SECRET\"}}",
        ANSWER("m1", "r1", "false", "3"), ANSWER("m1", "r2", "true", "5"), ANSWER("m2", "r3", "false", "1")};
    struct transcripts all = READ(arena, lines);
    snprintf(path, sizeof path, "%s/box-00.usage.jsonl", unit_folder());
    snprintf(again_path, sizeof again_path, "%s.again", path);
    ck_assert(usage_file_write(&all, path, 77));
    ck_assert(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
    struct transcript_store store = {.arena = arena};
    int64_t until_ns;
    ck_assert(usage_file_read(&store, path, &until_ns));
    ck_assert_int_eq(until_ns, 77);
    struct transcripts again = transcript_store_all(&store);
    ck_assert(usage_file_write(&again, again_path, 77));
    char *first = text_of_file(path), *second = text_of_file(again_path);
    ck_assert_str_eq(first, second);
    ck_assert_ptr_null(strstr(first, "SECRET"));
    ck_assert_uint_eq(again.rows.count, 2);
    free(first);
    free(second);
    ck_assert(!usage_file_read(&store, "/nonexistent/x", &until_ns));
    ck_assert(!usage_file_write(&again, "/nonexistent/x", 1));
    arena_free(arena);
}
END_TEST

UNIT_TESTS("read: transcripts", pieces_of_one_message_count_once_with_the_most_tokens,
           a_sub_agents_message_is_known_by_its_id_alone, what_is_no_row_is_stepped_over,
           retries_are_told_with_their_wait, an_error_of_the_api_is_read_out_of_what_the_program_says_of_it,
           a_prompts_hash_is_that_of_its_standard_input, a_prompts_hash_does_not_depend_on_how_it_is_cut,
           the_copy_reads_back_the_same_and_holds_no_text)
