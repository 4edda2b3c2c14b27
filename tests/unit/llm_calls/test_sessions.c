/* Which run of the claude program a transcript is of, and that nothing counts twice. */
#include "facts_text.h"
#include "spool_writer.h"
#include "unit.h"

#include "llm_calls/observed_calls.h"
#include "read/transcripts/usage_file.h"
#include "usecases/conclude.h"

#include <stdio.h>
#include <sys/stat.h>

#define MS    1000000ull
#define BEGIN (60000 * MS)
#define FILED "box-abababababababab.usage.jsonl"

/* A run of the claude program; times in ms. */
struct run {
    unsigned pid, start, end;
    uint64_t bytes, hash; /* of its prompt; bytes 0: not seen */
};

static void write_run(struct writer *w, const struct run *run)
{
    uint64_t at = BEGIN + run->start * MS;
    writer_begin(w, (struct vl_chunk){.pid = run->pid, .process_start = at, .ticks = at});
    WRITE(w, video_define, 0, 0, .video = STR("one"), .folder = STR("/o/outputs/2015/one"));
    WRITE(w, process_start, 0, 0, .exe = STR("/bin/claude"), .cwd = STR("/o"),
          .argv = STR("claude\0--model\0opus\0"));
    if (run->bytes)
        WRITE(w, prompt_seen, 0, 0, .bytes = run->bytes, .key = 42, .hash = run->hash);
    WRITE(w, process_exit, (run->end - run->start) * MS, 0, .how = VL_EXIT_RETURN, .status = 0);
    writer_finish(w);
}

struct plan {
    const char *session;
    unsigned first, last;
    int64_t bytes; /* -1: not known */
    uint64_t hash; /* 0: not known */
};

static int64_t wall(unsigned ms) { return WRITER_EPOCH_NS + (int64_t)(BEGIN + ms * MS); }

static void add_session(struct transcript_store *store, const struct plan *plan)
{
    struct session *session = transcript_store_session(store, str_of(plan->session));
    transcript_store_see(store, session, wall(plan->first), STR("/o"));
    transcript_store_see(store, session, wall(plan->last), STR(""));
    session->host = STR("box");
    session->prompt_bytes = plan->bytes;
    if (plan->hash)
        transcript_store_hash(store, session, (struct session_hash){42, plan->hash});
    struct session_row row = {.session = str_of(plan->session), .message_id = str_of(plan->session)};
    row.at_ns = wall(plan->last);
    row.model = STR("claude-opus-5");
    row.request_id = STR("req_1");
    row.http_status = row.wait_ns = -1;
    row.tokens = tokens_unknown();
    row.tokens.input = row.tokens.output = 10;
    transcript_store_row(store, &row);
}

static void add_sessions(const char *folder, const struct plan *plans, size_t count)
{
    char path[8192];
    struct transcript_store store = {.arena = arena_new()};
    for (size_t i = 0; i < count; i++)
        add_session(&store, &plans[i]);
    struct transcripts all = transcript_store_all(&store);
    snprintf(path, sizeof path, "%s/_run", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/_run/" FILED, folder);
    ck_assert(usage_file_write(&all, path, INT64_MAX));
    arena_free(store.arena);
}

/* The pid that each session's call is told of, in the sessions' order; 0: of none. */
static void given(const struct run *runs, size_t run_count, const struct plan *plans, size_t count,
                  unsigned *pids)
{
    struct writer w = {0};
    const char *folder = unit_folder();
    char *spools[] = {(char *)(uintptr_t)folder};
    for (size_t i = 0; i < run_count; i++)
        write_run(&w, &runs[i]);
    struct facts *facts = facts_of_file(writer_save(&w, folder, "one"));
    add_sessions(folder, plans, count);
    struct conclusion conclusion;
    struct err err = {0};
    struct conclude_options options = {.spools = spools, .spool_count = 1, .claude_home = "/nonexistent"};
    ck_assert_msg(conclude_all(facts, &options, &conclusion, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < count; i++) {
        pids[i] = 0;
        VEC_EACH (const struct log, log, &conclusion.logs)
            VEC_EACH (const struct call, call, &log->story->calls)
                if (str_equal(call->session, str_of(plans[i].session)))
                    pids[i] = call->pid;
    }
    conclude_free(&conclusion);
    facts_free(facts);
    writer_free(&w);
}

#define GIVEN(runs, plans, ...)                                                                              \
    do {                                                                                                     \
        const unsigned wanted_[] = {__VA_ARGS__};                                                            \
        unsigned pids_[sizeof wanted_ / sizeof *wanted_];                                                    \
        given(runs, sizeof(runs) / sizeof *(runs), plans, sizeof(plans) / sizeof *(plans), pids_);           \
        for (size_t i_ = 0; i_ < sizeof wanted_ / sizeof *wanted_; i_++)                                     \
            ck_assert_msg(pids_[i_] == wanted_[i_], "session %zu is of %u, not of %u", i_, pids_[i_],        \
                          wanted_[i_]);                                                                      \
    } while (0)

START_TEST(a_session_is_of_the_process_that_lived_while_it_was_written)
{
    const struct run runs[] = {{100, 0, 1000, 0, 0}, {101, 500, 2000, 0, 0}, {102, 3000, 4000, 0, 0}};
    const struct plan plans[] = {{"a", 10, 900, -1, 0}, {"b", 1300, 1900, -1, 0}, {"c", 3000, 4000, -1, 0}};
    GIVEN(runs, plans, 100, 101, 102);
}
END_TEST

START_TEST(by_time_alone_what_is_left_decides)
{
    /* b lies within both, but the first is a's: only it can have been that early */
    const struct run runs[] = {{100, 0, 2000, 0, 0}, {101, 500, 2000, 0, 0}};
    const struct plan plans[] = {{"a", 10, 1900, -1, 0}, {"b", 700, 1800, -1, 0}};
    GIVEN(runs, plans, 100, 101);
}
END_TEST

START_TEST(what_may_be_of_two_is_of_none)
{
    const struct run runs[] = {{100, 0, 2000, 0, 0}, {101, 0, 2000, 0, 0}};
    const struct plan plans[] = {{"a", 10, 1900, -1, 0}, {"b", 10, 1900, -1, 0}};
    GIVEN(runs, plans, 0, 0);
}
END_TEST

START_TEST(a_prompts_length_tells_two_runs_apart)
{
    const struct run runs[] = {{100, 0, 2000, 5, 0}, {101, 0, 2000, 6, 0}};
    const struct plan plans[] = {{"a", 10, 1900, 6, 0}, {"b", 10, 1900, 5, 0}};
    GIVEN(runs, plans, 101, 100);
}
END_TEST

START_TEST(prompts_of_equal_length_are_told_apart_by_their_hash)
{
    const struct run runs[] = {
        {100, 0, 2000, 5, 77}, {101, 0, 2000, 5, 78}, {102, 0, 2500, 9, 3}, {103, 9, 2400, 9, 4}};
    const struct plan plans[] = {
        {"a", 10, 1900, 5, 78}, {"b", 10, 1900, 5, 77}, {"c", 10, 2300, 9, 4}, {"d", 10, 2300, 9, 3}};
    GIVEN(runs, plans, 101, 100, 103, 102);
}
END_TEST

START_TEST(one_that_nobody_of_the_recording_asked_for_does_not_count)
{
    const struct run runs[] = {{100, 0, 2000, 5, 77}};
    const struct plan plans[] = {{"a", 10, 1900, 5, 78}, {"b", 2500, 2600, -1, 0}, {"c", 20, 1800, 5, 77}};
    GIVEN(runs, plans, 0, 0, 100);
}
END_TEST

START_TEST(what_passed_by_and_what_the_transcript_tells_is_one_call)
{
    const char *folder = unit_folder();
    char *spools[] = {(char *)(uintptr_t)folder};
    const struct run run = {100, 0, 2000, 0, 0};
    const struct plan plans[] = {{"msg_seen", 10, 1900, -1, 0}, {"other", 10, 1900, -1, 0}};
    struct writer w = {0};
    write_run(&w, &run);
    writer_begin(
        &w, (struct vl_chunk){.pid = 100, .process_start = BEGIN, .ticks = BEGIN + 20 * MS, .sequence = 1});
    WRITE(&w, video_define, 0, 0, .video = STR("one"), .folder = STR("/o/outputs/2015/one"));
    WRITE(&w, api_request, 0, 0, .connection = 1, .stream = 1, .model = STR("opus"));
    WRITE(&w, api_response, 0, 0, .connection = 1, .stream = 1, .status = 200);
    WRITE(&w, api_usage, 0, 0, .connection = 1, .stream = 1, .message_id = STR("msg_seen"),
          .input_tokens = 10, .output_tokens = 1, .cache_read_tokens = UINT64_MAX);
    writer_finish(&w);
    struct facts *facts = facts_of_file(writer_save(&w, folder, "one"));
    add_sessions(folder, plans, 2);
    struct conclusion conclusion;
    struct err err = {0};
    struct conclude_options options = {.spools = spools, .spool_count = 1, .claude_home = "/nonexistent"};
    ck_assert_int_eq(conclude_all(facts, &options, &conclusion, &err), 0);
    const struct story *story = VEC_AT(&conclusion.logs, struct log, 0)->story;
    ck_assert_uint_eq(story->calls.count, 1); /* the other session can be of no process that is left */
    const struct call *call = VEC_AT(&story->calls, struct call, 0);
    ck_str_is(call->session, "msg_seen");
    ck_assert_int_eq(call->tokens.output, 10); /* the stream had been cut off, the transcript was not */
    ck_assert_int_eq(call->usage, USAGE_COMPLETE);
    ck_assert_int_eq(call->source, CALL_TRANSCRIPT);
    ck_assert_uint_eq(conclusion.ambiguous.calls, 1);
    conclude_free(&conclusion);
    facts_free(facts);
    writer_free(&w);
}
END_TEST

/* Another chunk of the run at `at` ms, with its socket known. */
static void begin_wire(struct writer *w, unsigned sequence, unsigned at, unsigned program)
{
    writer_begin(w, (struct vl_chunk){.pid = 100,
                                      .process_start = BEGIN,
                                      .ticks = BEGIN + at * MS,
                                      .sequence = sequence,
                                      .program = (uint8_t)program});
    WRITE(w, video_define, 0, 0, .video = STR("one"), .folder = STR("/o/outputs/2015/one"));
    WRITE(w, fd_define, 0, 0, .fd = 5, .type = VL_FD_SOCKET, .path = STR("socket:[9]"));
}

/* Two exchanges, the first of which goes on in the next chunk. */
static void write_exchanges(struct writer *w, unsigned program)
{
    begin_wire(w, 1, 100, program);
    WRITE(w, socket_send, 100 * MS, 0, .fd = 5, .bytes = 3000); /* at 200 */
    WRITE(w, socket_recv, 100 * MS, 0, .fd = 5, .bytes = 10);   /* at 300 */
    writer_finish(w);
    begin_wire(w, 2, 400, program);
    WRITE(w, socket_recv, 100 * MS, 0, .fd = 5, .bytes = 90); /* at 500 */
    WRITE(w, socket_send, 500 * MS, 0, .fd = 5, .bytes = 50); /* at 1000 */
    WRITE(w, socket_recv, 700 * MS, 0, .fd = 5, .bytes = 60); /* at 1700 */
    writer_finish(w);
}

/* The one call of the session, whose row was written at 505 ms. */
static struct call timed_call(unsigned program)
{
    const char *folder = unit_folder();
    char *spools[] = {(char *)(uintptr_t)folder};
    const struct run run = {100, 0, 2000, 0, 0};
    const struct plan plan = {"a", 10, 505, -1, 0};
    struct writer w = {0};
    write_run(&w, &run);
    write_exchanges(&w, program);
    struct facts *facts = facts_of_file(writer_save(&w, folder, "one"));
    add_sessions(folder, &plan, 1);
    struct conclusion conclusion;
    struct err err = {0};
    struct conclude_options options = {.spools = spools, .spool_count = 1, .claude_home = "/nonexistent"};
    ck_assert_int_eq(conclude_all(facts, &options, &conclusion, &err), 0);
    const struct story *story = VEC_AT(&conclusion.logs, struct log, 0)->story;
    ck_assert_uint_eq(story->calls.count, 1);
    struct call call = *VEC_AT(&story->calls, struct call, 0);
    conclude_free(&conclusion);
    facts_free(facts);
    writer_free(&w);
    return call;
}

START_TEST(a_call_of_a_transcript_has_the_times_and_bytes_of_its_exchange)
{
    struct call call = timed_call(VL_PROGRAM_CLAUDE);
    ck_assert(call.timed);
    ck_assert_int_eq(call.start_ns, wall(200));
    ck_assert_int_eq(call.response_ns, (int64_t)(300 * MS));
    ck_assert(call.sent_bytes == 3000 && call.received_bytes == 100);
}
END_TEST

START_TEST(without_an_exchange_its_time_is_the_rows_and_how_long_it_took_is_not_known)
{
    struct call call = timed_call(VL_PROGRAM_ANY);
    ck_assert(!call.timed && call.response_ns == -1 && call.sent_bytes == -1);
    ck_assert_int_eq(call.start_ns, wall(505));
}
END_TEST

UNIT_TESTS("llm_calls: sessions", a_session_is_of_the_process_that_lived_while_it_was_written,
           by_time_alone_what_is_left_decides, what_may_be_of_two_is_of_none,
           a_prompts_length_tells_two_runs_apart, prompts_of_equal_length_are_told_apart_by_their_hash,
           one_that_nobody_of_the_recording_asked_for_does_not_count,
           what_passed_by_and_what_the_transcript_tells_is_one_call,
           a_call_of_a_transcript_has_the_times_and_bytes_of_its_exchange,
           without_an_exchange_its_time_is_the_rows_and_how_long_it_took_is_not_known)
