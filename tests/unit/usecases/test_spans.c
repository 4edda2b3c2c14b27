/* What the functions of a pipeline say of themselves: whole logs held against tests/golden/, and that no fact
 * counts twice where processes, files and lines tell it too. */
#include "play.h"
#include "unit.h"

#include "vl/event.h"

#include <jansson.h>
#include <stdlib.h>

#define V        "circles"
#define IN(path) PLAY_FOLDER "/circles/" path
#define OK       VL_SPAN_RETURN

#define CLEAN "hybrid_cleaner:HybridCleaner._clean_single_video"
#define PROG  "programmatic_cleaner:ProgrammaticCleaner.clean_video_files"
#define FALL  "hybrid_cleaner:HybridCleaner._fallback_to_claude"
#define RUNC  "clean_matched_code:CodeCleaner.run_claude_cleaning"
#define VALID "hybrid_cleaner:HybridCleaner._validate_output_syntax"
#define CONV  "systematic_pipeline_converter:_convert_video_systematic"
#define SNIP  "systematic_pipeline_converter:validate_snippet_syntax"
#define MEND  "validation_failure_recovery:ValidationFailureRecovery.auto_fix_validation_failure"
#define VIDEO "render_videos:VideoRenderer.render_video_from_snippets"
#define SCENE "render_videos:VideoRenderer.render_single_scene"
#define FIX   "claude_api_helper:ClaudeErrorFixer.fix_render_error"
#define MANIM                                                                                                \
    "manim render outputs/2015/circles/validated_snippets/Ring.py Ring -o Ring.mp4 --media_dir "             \
    "outputs/2015/circles/media --quality l"

/* The script prints nothing, logs nothing, and does everything inside its own process. */
static const struct beat quiet[] = {
    {10, 0, BEAT_START, NULL, "python3 build_dataset_pipeline.py", NULL, 0, 0, 0},
    {10, 100, BEAT_CALL, V, CLEAN,
     "{\"video_id\":\"abc\",\"caption_dir\":\"circles\",\"year\":2015,\"mode\":\"hybrid\"}", 1, 0, 0},
    {10, 110, BEAT_CALL, V, PROG, "{}", 2, 1, 0},
    {10, 300, BEAT_WRITE, V, IN("monolith_manimgl.py"), NULL, 0, 0, 0},
    {10, 400, BEAT_END, V, "{\"success\":false,\"error\":\"undefined helper: arc\",\"fallback_needed\":true}",
     NULL, 2, OK, 0},
    {10, 410, BEAT_CALL, V, FALL, "{\"claude_mode\":\"hybrid\"}", 3, 1, 0},
    {10, 420, BEAT_CALL, V, RUNC, "{\"video_id\":\"abc\",\"caption_dir\":\"circles\",\"max_retries\":3}", 4,
     3, 0},
    {10, 900, BEAT_END, V, "{\"status\":\"completed\",\"error\":null,\"attempts\":1}", NULL, 4, OK, 0},
    {10, 910, BEAT_END, V, "{\"status\":\"completed\",\"method\":\"claude_fallback\",\"error\":null}", NULL,
     3, OK, 0},
    {10, 920, BEAT_CALL, V, VALID, "{\"file_path\":\"" IN("monolith_manimgl.py") "\"}", 5, 1, 0},
    {10, 930, BEAT_END, V, "{\"0\":true,\"1\":null}", NULL, 5, OK, 0},
    {10, 1000, BEAT_END, V,
     "{\"status\":\"completed\",\"method\":\"claude_fallback\",\"scenes_processed\":1,\"error\":null}", NULL,
     1, OK, 0},
    {10, 1100, BEAT_CALL, V, CONV, "{\"video_dir\":\"" IN("") "\",\"year\":2015}", 6, 0, 0},
    {10, 1110, BEAT_CALL, V, SNIP, "{\"filename\":\"Ring.py\"}", 7, 6, 0},
    {10, 1120, BEAT_END, V, "{\"0\":false,\"1\":\"SyntaxError: '(' was never closed\"}", NULL, 7, OK, 0},
    {10, 1130, BEAT_CALL, V, MEND, "{\"error_msg\":\"SyntaxError: '(' was never closed\",\"scene\":\"Ring\"}",
     8, 6, 0},
    {10, 1140, BEAT_END, V, "{\"1\":true,\"2\":[\"balance_brackets\"]}", NULL, 8, OK, 0},
    {10, 1150, BEAT_CALL, V, SNIP, "{\"filename\":\"Ring.py\"}", 9, 6, 0},
    {10, 1160, BEAT_END, V, "{\"0\":true,\"1\":null}", NULL, 9, OK, 0},
    {10, 1170, BEAT_WRITE, V, IN("validated_snippets/Ring.py"), NULL, 0, 0, 0},
    {10, 1200, BEAT_END, V, "{\"status\":\"completed\",\"scenes\":1}", NULL, 6, OK, 0},
    {10, 1300, BEAT_CALL, V, VIDEO, "{\"year\":2015,\"video_id\":\"circles\"}", 10, 0, 0},
    {10, 1310, BEAT_CALL, V, SCENE, "{\"scene_name\":\"Ring\",\"quality\":\"l\"}", 11, 10, 0},
    {10, 1500, BEAT_END, V,
     "{\"status\":\"failed\",\"error\":\"NameError: name 'ShowCreation' is not defined\",\"exit_code\":1}",
     NULL, 11, OK, 0},
    {10, 1510, BEAT_CALL, V, FIX, "{\"scene\":\"Ring\",\"attempt_number\":1}", 12, 10, 0},
    {10, 1700, BEAT_END, V, "{\"success\":true,\"error\":null,\"changes_made\":true}", NULL, 12, OK, 0},
    {10, 1710, BEAT_CALL, V, SCENE, "{\"scene_name\":\"Ring\",\"quality\":\"l\"}", 13, 10, 0},
    {10, 1900, BEAT_END, V, "{\"status\":\"success\",\"error\":null,\"exit_code\":0}", NULL, 13, OK, 0},
    {10, 2000, BEAT_END, V, "{\"status\":\"completed\",\"scenes_total\":1,\"scenes_rendered\":1}", NULL, 10,
     OK, 0},
    {10, 2100, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

#define COUNT(beats) (sizeof(beats) / sizeof *(beats))

START_TEST(a_script_that_prints_nothing_is_told_by_its_functions)
{
    play_hold("quiet", play_log(quiet, COUNT(quiet), NULL));
}
END_TEST

#define TRACE                                                                                                \
    "Traceback (most recent call last):\n  File \"Ring.py\", line 7, in construct\n"                         \
    "    self.play(ShowCreation(c))\nNameError: name 'ShowCreation' is not defined\n"
#define TOLD "NameError: name 'ShowCreation' is not defined"

/* The same failure and fix as seen by functions, processes, files and lines at once. */
static const struct beat loud[] = {
    {10, 0, BEAT_START, NULL, "python3 render_videos.py", NULL, 0, 0, 0},
    {10, 10, BEAT_TEXT, V, "INFO pipeline: Starting rendering stage\n", NULL, 2, 0, 0},
    {10, 100, BEAT_CALL, V, VIDEO, "{\"year\":2015,\"video_id\":\"circles\"}", 1, 0, 0},
    {10, 110, BEAT_CALL, V, SCENE, "{\"scene_name\":\"Ring\",\"quality\":\"l\"}", 2, 1, 0},
    {20, 120, BEAT_START, V, MANIM, NULL, 10, 0, 0},
    {20, 500, BEAT_TEXT, V, TRACE, NULL, 2, 0, 0},
    {20, 501, BEAT_RAISE, V, TRACE, TOLD, VL_RAISE_UNCAUGHT, 0, 0},
    {10, 600, BEAT_REAP, V, NULL, NULL, 20, 1 << 8, 90000},
    {10, 610, BEAT_READ, V, TRACE, NULL, 2, 0, 0},
    {10, 620, BEAT_END, V, "{\"status\":\"failed\",\"error\":\"" TOLD "\",\"exit_code\":1}", NULL, 2, OK, 0},
    {10, 630, BEAT_TEXT, V, "ERROR:render:scene Ring: " TOLD "\n", NULL, 2, 0, 0},
    {10, 640, BEAT_LINE, V, "[RENDER] circles: Ring: " TOLD, NULL, 0, 0, 0},
    {10, 650, BEAT_CALL, V, FIX, "{\"scene\":\"Ring\",\"attempt_number\":1}", 3, 1, 0},
    {10, 660, BEAT_WRITE, V, "/tmp/claude_fix_prompt_Ring_1.txt", NULL, 0, 0, 0},
    {30, 700, BEAT_START, V, "claude --dangerously-skip-permissions --model sonnet", NULL, 10, 0, 0},
    {10, 1500, BEAT_REAP, V, NULL, NULL, 30, 0, 300000},
    {10, 1510, BEAT_END, V, "{\"success\":true,\"error\":null,\"changes_made\":true}", NULL, 3, OK, 0},
    {10, 1520, BEAT_CALL, V, SCENE, "{\"scene_name\":\"Ring\",\"quality\":\"l\"}", 4, 1, 0},
    {40, 1530, BEAT_START, V, MANIM, NULL, 10, 0, 0},
    {10, 2600, BEAT_REAP, V, NULL, NULL, 40, 0, 210000},
    {10, 2610, BEAT_RENAME, V, IN("media/videos/Ring/480p/Ring.mp4"), IN("videos/Ring.mp4"), 0, 0, 0},
    {10, 2620, BEAT_END, V, "{\"status\":\"success\",\"error\":null,\"exit_code\":0}", NULL, 4, OK, 0},
    {10, 2700, BEAT_END, V, "{\"status\":\"completed\",\"scenes_total\":1,\"scenes_rendered\":1}", NULL, 1,
     OK, 0},
    {10, 2710, BEAT_LINE, V, "[RENDER] circles \xe2\x9c\x93 (1/1 scenes)", NULL, 0, 0, 0},
    {10, 2800, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

START_TEST(what_functions_processes_files_and_lines_tell_counts_once)
{
    play_hold("loud", play_log(loud, COUNT(loud), NULL));
}
END_TEST

static json_t *log_of(const struct beat *beats, size_t count)
{
    char *text = play_log(beats, count, NULL);
    json_t *log = json_loads(text, 0, NULL);
    free(text);
    return log;
}

static json_t *at(json_t *object, const char *a, const char *b)
{
    object = json_object_get(object, a);
    return b ? json_object_get(object, b) : object;
}

START_TEST(a_function_without_an_end_is_interrupted)
{
    json_t *log = log_of(quiet, 7);
    ck_assert_str_eq(json_string_value(json_object_get(at(log, "stages", "cleaning"), "status")),
                     "interrupted");
    json_t *last = json_array_get(at(log, "retry_attempts", "cleaning"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(last, "status")), "interrupted");
    ck_assert_uint_eq(json_array_size(at(log, "retry_attempts", "cleaning")), 2);
    json_decref(log);
}
END_TEST

/* One exception on its way through three functions to the end of the program, and in its output. */
static const struct beat raised[] = {
    {10, 0, BEAT_START, NULL, "python3 build_dataset_pipeline.py", NULL, 0, 0, 0},
    {10, 100, BEAT_CALL, V, CLEAN, "{\"caption_dir\":\"circles\",\"mode\":\"programmatic\"}", 1, 0, 0},
    {10, 110, BEAT_CALL, V, PROG, "{}", 2, 1, 0},
    {10, 200, BEAT_WRITE, V, IN("monolith_manimgl.py"), NULL, 0, 0, 0},
    {10, 400, BEAT_END, V, "", NULL, 2, VL_SPAN_RAISE, 0},
    {10, 410, BEAT_END, V, "", NULL, 1, VL_SPAN_RAISE, 0},
    {10, 420, BEAT_RAISE, V, TRACE, TOLD, VL_RAISE_UNCAUGHT, 0, 0},
    {10, 430, BEAT_TEXT, V, TRACE, NULL, 2, 0, 0},
    {10, 500, BEAT_EXIT, V, NULL, NULL, 1, 0, 0},
};

START_TEST(an_exception_that_passes_through_functions_is_one_error)
{
    json_t *log = log_of(raised, COUNT(raised));
    json_t *error = at(log, "errors", "cleaning_import_error");
    ck_assert_str_eq(json_string_value(json_object_get(at(log, "stages", "cleaning"), "status")), "failed");
    ck_assert_uint_eq(json_object_size(at(log, "errors", NULL)), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(error, "occurrence_count")), 1);
    ck_assert_ptr_nonnull(json_string_value(json_object_get(error, "stack_trace")));
    ck_assert_uint_eq(json_array_size(at(log, "retry_attempts", "cleaning")), 1);
    json_decref(log);
}
END_TEST

/* The fix says that it changed the file; the check after it says that this was no help. */
static const struct beat refuted[] = {
    {10, 0, BEAT_START, NULL, "python3 build_dataset_pipeline.py", NULL, 0, 0, 0},
    {10, 100, BEAT_CALL, V, CONV, "{\"video_dir\":\"" IN("") "\"}", 1, 0, 0},
    {10, 110, BEAT_CALL, V, SNIP, "{\"filename\":\"Ring.py\"}", 2, 1, 0},
    {10, 120, BEAT_END, V, "{\"0\":false,\"1\":\"SyntaxError: '(' was never closed\"}", NULL, 2, OK, 0},
    {10, 130, BEAT_CALL, V, FIX, "{\"scene\":\"Ring\",\"attempt_number\":1}", 3, 1, 0},
    {10, 200, BEAT_END, V, "{\"success\":true,\"changes_made\":true}", NULL, 3, OK, 0},
    {10, 210, BEAT_CALL, V, SNIP, "{\"filename\":\"Ring.py\"}", 4, 1, 0},
    {10, 220, BEAT_END, V, "{\"0\":false,\"1\":\"SyntaxError: '(' was never closed\"}", NULL, 4, OK, 0},
    {10, 300, BEAT_END, V, "{\"status\":\"failed\",\"error\":\"1 snippet is left\"}", NULL, 1, OK, 0},
    {10, 400, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

START_TEST(help_that_the_check_after_it_refutes_failed)
{
    json_t *log = log_of(refuted, COUNT(refuted));
    json_t *attempt = json_array_get(at(log, "retry_attempts", "conversion"), 0);
    json_t *fix = json_array_get(json_object_get(at(log, "summary", "recovery"), "fixes"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(attempt, "status")), "failed");
    ck_assert_str_eq(json_string_value(json_object_get(attempt, "error_category")), "syntax_error");
    ck_assert_uint_eq(json_array_size(at(log, "validation_history", NULL)), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(fix, "tried")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(fix, "worked")), 0);
    json_decref(log);
}
END_TEST

/* A script that logs through an EnhancedVideoLogger of its own, and nothing else that a rule knows. */
static const struct beat noted[] = {
    {10, 0, BEAT_START, V, "python3 clean_all.py", NULL, 0, 0, 0},
    {10, 50, BEAT_WRITE, V, IN("notes.txt"), NULL, 0, 0, 0},
    {10, 100, BEAT_NOTE, V, "stage_start",
     "{\"video_id\":\"circles\",\"stage\":\"cleaning\",\"method\":\"hybrid\"}", 0, 0, 0},
    {10, 500, BEAT_NOTE, V, "retry_attempt",
     "{\"video_id\":\"circles\",\"stage\":\"cleaning\",\"attempt\":{\"attempt_number\":1,\"method\":"
     "\"programmatic\","
     "\"status\":\"failed\",\"duration_seconds\":0.3,\"error_message\":\"SyntaxError: invalid syntax\"}}",
     0, 0, 0},
    {10, 800, BEAT_NOTE, V, "retry_attempt",
     "{\"video_id\":\"circles\",\"stage\":\"cleaning\",\"attempt\":{\"attempt_number\":2,\"method\":\"claude_"
     "fallback\","
     "\"status\":\"success\",\"duration_seconds\":0.2,\"error_message\":null}}",
     0, 0, 0},
    {10, 850, BEAT_NOTE, V, "validation_attempt",
     "{\"video_id\":\"circles\",\"validation_type\":\"syntax_validation\",\"success\":true,\"errors\":[],"
     "\"fixes_applied\":[\"claude_syntax_fix\"]}",
     0, 0, 0},
    {10, 900, BEAT_NOTE, V, "stage_complete",
     "{\"video_id\":\"circles\",\"stage\":\"cleaning\",\"success\":true,\"result_data\":{\"scenes_"
     "processed\":8},\"error\":null}",
     0, 0, 0},
    {10, 1000, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

START_TEST(what_a_script_says_of_itself_is_told)
{
    json_t *log = log_of(noted, COUNT(noted));
    json_t *stage = at(log, "stages", "cleaning"), *attempts = at(log, "retry_attempts", "cleaning");
    json_t *check = json_array_get(at(log, "validation_history", NULL), 0);
    ck_assert_str_eq(json_string_value(json_object_get(stage, "status")), "completed");
    ck_assert_str_eq(json_string_value(json_object_get(stage, "method")), "hybrid");
    ck_assert_int_eq(json_integer_value(at(stage, "result_data", "scenes_processed")), 8);
    ck_assert_uint_eq(json_array_size(attempts), 2);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(attempts, 0), "status")), "failed");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(attempts, 0), "error_category")),
                     "syntax_error");
    ck_assert(json_real_value(json_object_get(json_array_get(attempts, 0), "duration_seconds")) == 0.3);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(attempts, 1), "method")),
                     "claude_fallback");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(attempts, 1), "status")), "success");
    ck_assert_str_eq(json_string_value(json_object_get(check, "type")), "syntax_validation");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(check, "fixes_applied"), 0)),
                     "claude_syntax_fix");
    json_decref(log);
}
END_TEST

/* Two calls that the script's logger was told of: the claude program is seen to make the first. */
#define REPORTED(fields)                                                                                     \
    "{\"video_id\":\"circles\",\"call\":{\"model_used\":\"claude-sonnet-4-5\"," fields "}}"
static const struct beat reported[] = {
    {10, 0, BEAT_START, V, "python3 clean_all.py", NULL, 0, 0, 0},
    {11, 100, BEAT_START, V, "claude --model sonnet", NULL, 10, 0, 0},
    {11, 300, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
    {10, 301, BEAT_REAP, V, NULL, NULL, 11, 0, 1000},
    {10, 350, BEAT_NOTE, V, "claude_api_call", REPORTED("\"prompt_tokens\":10,\"response_time_seconds\":0.2"),
     0, 0, 0},
    {10, 800, BEAT_NOTE, V, "claude_api_call",
     REPORTED("\"prompt_tokens\":1000000,\"completion_tokens\":0,\"success\":false,\"rate_limited\":true"), 0,
     0, 0},
    {10, 1000, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

START_TEST(a_call_that_is_only_reported_counts_where_none_was_seen)
{
    json_t *log = log_of(reported, COUNT(reported)), *calls = at(log, "claude_api_usage", NULL);
    ck_assert_uint_eq(json_array_size(calls), 2);
    json_t *seen = json_array_get(calls, 0), *told = json_array_get(calls, 1);
    ck_assert_str_eq(json_string_value(json_object_get(seen, "source")), "process");
    ck_assert_str_eq(json_string_value(json_object_get(told, "source")), "annotation");
    ck_assert_str_eq(json_string_value(json_object_get(told, "error_type")), "rate_limit_error");
    ck_assert_int_eq(json_integer_value(json_object_get(told, "prompt_tokens")), 1000000);
    ck_assert(json_is_null(json_object_get(told, "completion_tokens")));
    ck_assert(json_is_null(json_object_get(told, "response_time_seconds")));
    json_decref(log);
}
END_TEST

START_TEST(the_order_of_what_functions_told_makes_no_difference)
{
    size_t order[COUNT(loud)];
    uint64_t seed = 11;
    char *first = play_log(loud, COUNT(loud), NULL);
    for (int round = 0; round < 30; round++) {
        for (size_t i = 0; i < COUNT(loud); i++)
            order[i] = i;
        for (size_t i = COUNT(loud); i-- > 1;) {
            size_t other = unit_random(&seed) % (i + 1), kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        char *again = play_log(loud, COUNT(loud), order);
        ck_assert_str_eq(first, again);
        free(again);
    }
    free(first);
}
END_TEST

START_TEST(functions_with_holes_between_them_still_fold)
{
    struct beat some[COUNT(quiet)];
    for (size_t hole = 1; hole < COUNT(quiet); hole++) {
        size_t count = 0;
        for (size_t i = 0; i < COUNT(quiet); i++)
            if (i != hole)
                some[count++] = quiet[i];
        free(play_log(some, count, NULL));
    }
}
END_TEST

UNIT_TESTS("usecases: spans", a_script_that_prints_nothing_is_told_by_its_functions,
           what_functions_processes_files_and_lines_tell_counts_once,
           a_function_without_an_end_is_interrupted, an_exception_that_passes_through_functions_is_one_error,
           help_that_the_check_after_it_refutes_failed, what_a_script_says_of_itself_is_told,
           a_call_that_is_only_reported_counts_where_none_was_seen,
           the_order_of_what_functions_told_makes_no_difference, functions_with_holes_between_them_still_fold)
