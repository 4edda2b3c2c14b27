/* One thing that is told twice is one step. */
#include "unit.h"

#include "attempts/attempts.h"

struct setting {
    struct arena *arena;
    struct tree tree;
    struct vec steps;
    struct video_context context;
};

/* A process that leads a call of thread 7, from 100 to 500, and one that this thread started. */
static struct setting *begin(void)
{
    struct arena *arena = arena_new();
    struct setting *s = ARENA_NEW(arena, struct setting);
    s->arena = s->tree.arena = arena;
    *VEC_PUSH(arena, &s->tree.nodes, struct node) = (struct node){.parent = NONE};
    *VEC_PUSH(arena, &s->tree.nodes, struct node) = (struct node){.parent = 0, .spawn_tid = 7};
    *VEC_PUSH(arena, &s->tree.spans, struct span) =
        (struct span){.parent = NONE, .tid = 7, .start_ns = 100, .last_ns = 500};
    s->context = (struct video_context){.tree = &s->tree, .arena = arena};
    return s;
}

static void add(struct setting *s, enum step_kind kind, struct signal signal, const char *scene,
                int64_t at_ns)
{
    struct signal *kept = arena_copy(s->arena, &signal, sizeof signal);
    kept->at_ns = at_ns;
    *VEC_PUSH(s->arena, &s->steps, struct step) = (struct step){.kind = kind,
                                                                .signal = kept,
                                                                .start_ns = at_ns,
                                                                .stage = STR("rendering"),
                                                                .scene = str_of(scene),
                                                                .number = -1};
}

static const struct signal call = {.span = 0}, process = {.span = NONE, .node = 1, .from_process = true},
                           file = {.span = NONE, .from_path = true}, note = {.span = NONE, .from_note = true};

START_TEST(a_call_and_the_process_that_it_started_are_one_step_with_the_result_of_the_call)
{
    struct setting *s = begin();
    add(s, STEP_OPERATION, call, "Ring", 100);
    add(s, STEP_OPERATION, process, "", 200);
    dedup_steps(&s->context, &s->steps);
    ck_assert_uint_eq(s->steps.count, 1);
    const struct step *step = VEC_AT(&s->steps, struct step, 0);
    ck_assert(step->signal->from_process);
    ck_str_is(step->scene, "Ring");
    ck_assert_ptr_nonnull(step->reported);
    arena_free(s->arena);
}
END_TEST

START_TEST(other_scenes_and_other_kinds_of_work_stay_steps_of_their_own)
{
    struct setting *s = begin();
    add(s, STEP_OPERATION, call, "Ring", 100);
    add(s, STEP_OPERATION, process, "Knot", 200);
    add(s, STEP_FIX, process, "Ring", 300);
    dedup_steps(&s->context, &s->steps);
    ck_assert_uint_eq(s->steps.count, 3);
    arena_free(s->arena);
}
END_TEST

START_TEST(what_is_seen_counts_before_what_is_only_written_or_reported)
{
    struct setting *s = begin();
    add(s, STEP_INSIDE, call, "Ring", 100);
    add(s, STEP_INSIDE, file, "Ring", 200);
    add(s, STEP_INSIDE, note, "Ring", 300);
    dedup_steps(&s->context, &s->steps);
    ck_assert_uint_eq(s->steps.count, 1);
    ck_assert_uint_eq(VEC_AT(&s->steps, struct step, 0)->signal->span, 0);
    arena_free(s->arena);
}
END_TEST

UNIT_TESTS("attempts", a_call_and_the_process_that_it_started_are_one_step_with_the_result_of_the_call,
           other_scenes_and_other_kinds_of_work_stay_steps_of_their_own,
           what_is_seen_counts_before_what_is_only_written_or_reported)
