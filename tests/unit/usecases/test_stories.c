/* Four videos, from hand-made facts to the whole logs.json, held against tests/golden/. */
#include "play.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define V         "circles"
#define IN(path)  PLAY_FOLDER "/circles/" path
#define SIG(n)    (n)
#define EXITED(n) ((n) << 8)
#define MANIM(scene)                                                                                         \
    "manim render outputs/2015/circles/validated_snippets/" scene ".py " scene " -o " scene                  \
    ".mp4 --media_dir outputs/2015/circles/media --quality l"

/* Everything works at the first attempt; a LaTeX child below the renderer is the renderer's. */
static const struct beat clean[] = {
    {10, 0, BEAT_START, NULL, "python3 build_dataset_pipeline.py", NULL, 0, 0, 0},
    {10, 100, BEAT_TEXT, NULL, "INFO pipeline: Starting cleaning stage\n", NULL, 2, 0, 0},
    {10, 300, BEAT_WRITE, V, IN("monolith_manimgl.py"), NULL, 0, 0, 0},
    {10, 400, BEAT_LINE, V, "[CLEAN] circles \xe2\x9c\x93 (1/1 scenes)", NULL, 0, 0, 0},
    {10, 500, BEAT_TEXT, V, "INFO pipeline: Starting conversion stage\n", NULL, 2, 0, 0},
    {10, 600, BEAT_WRITE, V, IN("validated_snippets/Ring.py"), NULL, 0, 0, 0},
    {10, 900, BEAT_TEXT, V, "INFO pipeline: Starting rendering stage\n", NULL, 2, 0, 0},
    {20, 1000, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {20, 1200, BEAT_TEMP, V, "/tmp/frame_1.txt", NULL, 0, 0, 0},
    {21, 1300, BEAT_START, V, "latex ring.tex", NULL, 20, 0, 0},
    {20, 1800, BEAT_REAP, V, NULL, NULL, 21, EXITED(0), 30000},
    {20, 1900, BEAT_REMOVE, V, "/tmp/frame_1.txt", NULL, 0, 0, 0},
    {10, 3000, BEAT_REAP, V, NULL, NULL, 20, EXITED(0), 200000},
    {10, 3010, BEAT_RENAME, V, IN("media/videos/Ring/480p/Ring.mp4"), IN("videos/Ring.mp4"), 0, 0, 0},
    {10, 3100, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

#define TRACE                                                                                                \
    "Traceback (most recent call last):\n  File \"Ring.py\", line 7, in construct\n"                         \
    "    self.play(ShowCreation(c))\nNameError: name 'ShowCreation' is not defined\n"

/* NameError, claude, a second attempt that works; the parent says the error again. */
static const struct beat fixed[] = {
    {10, 0, BEAT_START, NULL, "python3 render_videos.py", NULL, 0, 0, 0},
    {20, 1000, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {20, 1500, BEAT_TEXT, V, TRACE, NULL, 2, 0, 0},
    {10, 1600, BEAT_REAP, V, NULL, NULL, 20, EXITED(1), 90000},
    {10, 1610, BEAT_TEXT, V, "ERROR:render:scene Ring: NameError: name 'ShowCreation' is not defined\n", NULL,
     2, 0, 0},
    {10, 1700, BEAT_TEMP, V, "/tmp/claude_fix_prompt_Ring_1.txt", NULL, 0, 0, 0},
    {10, 1701, BEAT_WRITE, V, "/tmp/claude_fix_prompt_Ring_1.txt", NULL, 0, 0, 0},
    {30, 1800, BEAT_START, V, "claude --dangerously-skip-permissions --model sonnet", NULL, 10, 0, 0},
    {10, 3800, BEAT_REAP, V, NULL, NULL, 30, EXITED(0), 300000},
    {10, 3850, BEAT_REMOVE, V, "/tmp/claude_fix_prompt_Ring_1.txt", NULL, 0, 0, 0},
    {40, 4000, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {10, 6000, BEAT_REAP, V, NULL, NULL, 40, EXITED(0), 210000},
    {10, 6010, BEAT_RENAME, V, IN("media/videos/Ring/480p/Ring.mp4"), IN("videos/Ring.mp4"), 0, 0, 0},
    {10, 6100, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

#define RICH                                                                                                 \
    "\xe2\x95\xad\xe2\x94\x80\xe2\x94\x80 Traceback (most recent call last) "                                \
    "\xe2\x94\x80\xe2\x94\x80\xe2\x95\xae\n"                                                                 \
    "\xe2\x94\x82 /usr/lib/manim/module.py:110 in get_module \xe2\x94\x82\n"                                 \
    "\xe2\x95\xb0\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x95\xaf\n"                 \
    "SyntaxError: '(' was never closed\n"

/* The same syntax error three times: as it was, after a fix that did not help, and again without one. */
static const struct beat stays[] = {
    {10, 0, BEAT_START, NULL, "python3 render_videos.py", NULL, 0, 0, 0},
    {20, 1000, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {20, 1300, BEAT_TEXT, V, RICH, NULL, 2, 0, 0},
    {10, 1400, BEAT_REAP, V, NULL, NULL, 20, EXITED(1), 80000},
    {30, 1800, BEAT_START, V, "claude --model opus", NULL, 10, 0, 0},
    {10, 2800, BEAT_REAP, V, NULL, NULL, 30, EXITED(0), 300000},
    {40, 3000, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {40, 3300, BEAT_TEXT, V, RICH, NULL, 2, 0, 0},
    {10, 3400, BEAT_REAP, V, NULL, NULL, 40, EXITED(1), 80000},
    {50, 3500, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {50, 3700, BEAT_TEXT, V, RICH, NULL, 2, 0, 0},
    {10, 3800, BEAT_REAP, V, NULL, NULL, 50, EXITED(1), 80000},
    {10, 3900, BEAT_EXIT, V, NULL, NULL, 1, 0, 0},
};

/* Killed by its parent at the limit; its temporary file stays behind. */
static const struct beat killed[] = {
    {10, 0, BEAT_START, NULL, "python3 render_videos.py", NULL, 0, 0, 0},
    {20, 1000, BEAT_START, V, MANIM("Ring"), NULL, 10, 0, 0},
    {20, 1200, BEAT_TEMP, V, "/tmp/manim_partial_x1.txt", NULL, 0, 0, 0},
    {10, 9000, BEAT_KILL, V, NULL, NULL, 20, 9, 0},
    {10, 9010, BEAT_REAP, V, NULL, NULL, 20, SIG(9), 150000},
    {10, 9100, BEAT_EXIT, V, NULL, NULL, 0, 0, 0},
};

#define COUNT(beats) (sizeof(beats) / sizeof *(beats))
#define STORY(name, beats)                                                                                   \
    START_TEST(name) { play_hold(#beats, play_log(beats, COUNT(beats), NULL)); }                             \
    END_TEST

STORY(a_clean_video_is_told_as_it_was, clean)
STORY(a_fix_that_worked_is_the_second_attempt, fixed)
STORY(an_error_that_stays_is_one_entry_with_its_count, stays)
STORY(a_renderer_killed_at_its_limit_is_a_timeout, killed)

static void shuffle(size_t *order, size_t count, uint64_t *seed)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t other = unit_random(seed) % (i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

START_TEST(the_order_of_facts_makes_no_difference)
{
    size_t order[COUNT(fixed)];
    uint64_t seed = 7;
    char *first = play_log(fixed, COUNT(fixed), NULL);
    for (int round = 0; round < 50; round++) {
        shuffle(order, COUNT(fixed), &seed);
        char *again = play_log(fixed, COUNT(fixed), order);
        ck_assert_str_eq(first, again);
        free(again);
    }
    free(first);
}
END_TEST

/* One beat after the other is left out: whatever a recording lacks, folding goes on. */
START_TEST(a_recording_with_holes_still_folds)
{
    struct beat some[COUNT(fixed)];
    for (size_t hole = 1; hole < COUNT(fixed); hole++) {
        size_t count = 0;
        for (size_t i = 0; i < COUNT(fixed); i++)
            if (i != hole)
                some[count++] = fixed[i];
        free(play_log(some, count, NULL));
    }
}
END_TEST

static json_t *attempt(json_t *log, const char *stage, size_t at)
{
    return json_array_get(json_object_get(json_object_get(log, "retry_attempts"), stage), at);
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

START_TEST(what_was_cut_off_is_interrupted)
{
    char *text = play_log(killed, 3, NULL); /* nobody saw the end */
    json_t *log = json_loads(text, 0, NULL);
    json_t *stage = json_object_get(json_object_get(log, "stages"), "rendering");
    ck_assert_str_eq(text_at(stage, "status"), "interrupted");
    ck_assert(json_is_null(json_object_get(stage, "end_time")));
    ck_assert(json_is_null(json_object_get(stage, "success")));
    ck_assert_str_eq(text_at(attempt(log, "rendering", 0), "status"), "interrupted");
    ck_assert_uint_eq(json_object_size(json_object_get(log, "errors")), 0);
    json_decref(log);
    free(text);
}
END_TEST

START_TEST(an_output_that_does_not_come_fails_the_attempt)
{
    struct beat some[COUNT(clean)];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(clean); i++)
        if (clean[i].kind != BEAT_RENAME)
            some[count++] = clean[i];
    char *text = play_log(some, count, NULL);
    json_t *log = json_loads(text, 0, NULL);
    ck_assert_str_eq(text_at(attempt(log, "rendering", 0), "status"), "failed");
    ck_assert_str_eq(text_at(attempt(log, "rendering", 0), "error_category"), "validation_error");
    ck_assert_ptr_nonnull(json_object_get(json_object_get(log, "errors"), "rendering_validation_error"));
    json_decref(log);
    free(text);
}
END_TEST

UNIT_TESTS("usecases: stories", a_clean_video_is_told_as_it_was, a_fix_that_worked_is_the_second_attempt,
           an_error_that_stays_is_one_entry_with_its_count, a_renderer_killed_at_its_limit_is_a_timeout,
           the_order_of_facts_makes_no_difference, a_recording_with_holes_still_folds,
           what_was_cut_off_is_interrupted, an_output_that_does_not_come_fails_the_attempt)
