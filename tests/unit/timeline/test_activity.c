/* When a run worked on a video, and what that says of its stages. */
#include "unit.h"

#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

/* One run of two processes that works on two videos. */
struct setting {
    struct arena *arena;
    struct tree tree;
    struct story story;
    struct vec signals, activities, own;
    struct video_context context;
};

static struct setting *begin(void)
{
    struct arena *arena = arena_new();
    struct setting *s = ARENA_NEW(arena, struct setting);
    s->arena = s->tree.arena = arena;
    *VEC_PUSH(arena, &s->tree.nodes, struct node) =
        (struct node){.parent = NONE, .end_ns = 1000, .last_ns = 1000, .ended = true};
    *VEC_PUSH(arena, &s->tree.nodes, struct node) =
        (struct node){.parent = 0, .spawn_tid = 7, .end_ns = 400, .last_ns = 400, .ended = true};
    s->context = (struct video_context){.tree = &s->tree,
                                        .arena = arena,
                                        .signals = &s->signals,
                                        .all_signals = &s->signals,
                                        .activities = &s->activities,
                                        .own_activities = &s->own,
                                        .stage_order = &(struct vec){0},
                                        .worker = arena_alloc(arena, 3),
                                        .story = &s->story};
    return s;
}

static struct signal *add_signal(struct setting *s, enum signal_kind kind, const char *stage, int64_t at_ns)
{
    struct signal *signal = VEC_PUSH(s->arena, &s->signals, struct signal);
    *signal = (struct signal){.kind = kind,
                              .at_ns = at_ns,
                              .end_ns = at_ns,
                              .stage = str_of(stage),
                              .span = NONE,
                              .ended = -1,
                              .success = -1};
    return signal;
}

static void work(struct setting *s, uint32_t video, int64_t start_ns, int64_t end_ns)
{
    struct activity activity = {.root = 0, .video = video, .start_ns = start_ns, .end_ns = end_ns};
    *VEC_PUSH(s->arena, &s->activities, struct activity) = activity;
    if (video == 0)
        *VEC_PUSH(s->arena, &s->own, struct activity) = activity;
}

START_TEST(the_first_and_the_last_activity_within_a_stretch_are_told)
{
    struct setting *s = begin();
    work(s, 0, 100, 150);
    work(s, 1, 200, 250);
    work(s, 0, 300, 600);
    ck_assert_int_eq(activity_first(&s->context, 0, 0, 1000), 100);
    ck_assert_int_eq(activity_first(&s->context, 0, 101, 1000), 300);
    ck_assert_int_eq(activity_first(&s->context, 0, 601, 1000), NO_TIME);
    ck_assert_int_eq(activity_last(&s->context, 0, 0, 1000), 600);
    ck_assert_int_eq(activity_last(&s->context, 0, 0, 500), 500); /* it goes on beyond the stretch */
    ck_assert_int_eq(activity_last(&s->context, 1, 0, 1000), NO_TIME);
    arena_free(s->arena);
}
END_TEST

START_TEST(work_on_another_video_is_noticed)
{
    struct setting *s = begin();
    work(s, 0, 100, 150);
    work(s, 1, 200, 250);
    ck_assert(activity_of_others(&s->context, 0, 0, 1000));
    ck_assert(activity_of_others(&s->context, 0, 240, 1000));
    ck_assert(!activity_of_others(&s->context, 0, 0, 200));
    ck_assert(!activity_of_others(&s->context, 0, 250, 1000));
    arena_free(s->arena);
}
END_TEST

START_TEST(helpers_are_all_that_is_below_an_operation)
{
    struct setting *s = begin();
    struct signal *operation = add_signal(s, SIGNAL_OPERATION, "rendering", 100);
    operation->from_process = true;
    operation->node = 1;
    *VEC_PUSH(s->arena, &s->tree.nodes, struct node) = (struct node){.parent = 1};
    const bool *worker = activity_workers(&s->tree, &s->signals);
    ck_assert(!worker[0] && worker[1] && worker[2]);
    arena_free(s->arena);
}
END_TEST

START_TEST(a_write_that_tells_of_two_ends_was_held_back)
{
    struct setting *s = begin();
    add_signal(s, SIGNAL_STAGE_END, "matching", 100)->batch = 1;
    add_signal(s, SIGNAL_STAGE_END, "cleaning", 100)->batch = 1;
    add_signal(s, SIGNAL_STAGE, "rendering", 200)->batch = 2;
    add_signal(s, SIGNAL_STAGE, "rendering", 300);
    activity_mark_untimely(&s->tree, &s->signals);
    ck_assert(VEC_AT(&s->signals, struct signal, 0)->untimely);
    ck_assert(VEC_AT(&s->signals, struct signal, 2)->untimely);  /* by the same process */
    ck_assert(!VEC_AT(&s->signals, struct signal, 3)->untimely); /* no line of its output */
    arena_free(s->arena);
}
END_TEST

START_TEST(a_signal_lies_within_the_call_of_its_thread)
{
    struct setting *s = begin();
    *VEC_PUSH(s->arena, &s->tree.spans, struct span) =
        (struct span){.parent = NONE, .tid = 7, .start_ns = 100, .last_ns = 500};
    struct signal call = {.span = 0, .at_ns = 100};
    struct signal process = {.span = NONE, .node = 1, .from_process = true, .at_ns = 200};
    struct signal line = {.span = NONE, .tid = 8, .at_ns = 200};
    ck_assert(activity_within(&s->context, &call, &process));
    ck_assert(!activity_within(&s->context, &call, &line)); /* of another thread */
    process.at_ns = 501;
    ck_assert(!activity_within(&s->context, &call, &process));
    arena_free(s->arena);
}
END_TEST

START_TEST(a_stage_lasts_until_the_next_one_or_the_last_activity)
{
    struct setting *s = begin();
    add_signal(s, SIGNAL_STAGE, "matching", 100);
    add_signal(s, SIGNAL_STAGE, "rendering", 500);
    work(s, 0, 120, 200);
    work(s, 0, 300, 350);
    work(s, 0, 600, 900);
    stage_intervals_find(&s->context);
    const struct stage_interval *first = stage_intervals_of(&s->context, 0, STR("matching"));
    const struct stage_interval *second = stage_intervals_of(&s->context, 0, STR("rendering"));
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(second);
    ck_assert_int_eq(first->start_ns, 100);
    ck_assert_int_eq(first->end_ns, 350);
    ck_assert_int_eq(second->start_ns, 500);
    ck_assert_int_eq(second->end_ns, 900);
    ck_str_is(stage_intervals_stage_at(&s->context, 1, 400), "matching");
    ck_str_is(stage_intervals_stage_at(&s->context, 1, 700), "rendering");
    ck_str_is(stage_intervals_stage_at(&s->context, 1, 50), "");
    arena_free(s->arena);
}
END_TEST

UNIT_TESTS("timeline", the_first_and_the_last_activity_within_a_stretch_are_told,
           work_on_another_video_is_noticed, helpers_are_all_that_is_below_an_operation,
           a_write_that_tells_of_two_ends_was_held_back, a_signal_lies_within_the_call_of_its_thread,
           a_stage_lasts_until_the_next_one_or_the_last_activity)
