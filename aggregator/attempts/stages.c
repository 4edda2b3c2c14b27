/* One stage from all its windows and tries. */
#include "attempts/stages.h"

#include "attempts/stage_outcome.h"
#include "resources/resource_usage.h"
#include "resources/temp_files.h"
#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

static struct stage *stage_of(struct teller *t, struct str name)
{
    VEC_EACH (struct stage, stage, &t->story->stages)
        if (str_equal(stage->name, name))
            return stage;
    struct stage *stage = VEC_PUSH(t->arena, &t->story->stages, struct stage);
    *stage = (struct stage){.name = name, .start_ns = INT64_MAX, .end_ns = INT64_MIN, .mishap = NONE};
    stage->figures = figures_none();
    return stage;
}

static void extend(struct stage *stage, int64_t start_ns, int64_t end_ns)
{
    if (start_ns < stage->start_ns)
        stage->start_ns = start_ns;
    if (end_ns > stage->end_ns)
        stage->end_ns = end_ns;
}

/* Tries may begin before, or last longer than, what the windows knew. */
static void stretch_windows(struct teller *t)
{
    VEC_EACH (const struct try, one, &t->story->tries) {
        struct window *window = window_of(t, one->root, one->stage);
        if (window && one->start_ns >= window->start_ns)
            window_reach(window, one->last_ns);
    }
}

static void collect(struct teller *t)
{
    VEC_EACH (const struct window, window, &t->windows) {
        struct stage *stage = stage_of(t, window->stage);
        extend(stage, window->start_ns, window->end_ns);
        VEC_EACH (const struct signal_value, value, &window->values)
            *VEC_PUSH(t->arena, &stage->values, struct signal_value) = *value;
        if (window->method.len)
            stage->method = window->method;
        if (window->result.len)
            stage->result = window->result;
        if (window->config.len)
            stage->config = window->config;
        if (!stage->rule.len)
            stage->rule = window->rule;
    }
    VEC_EACH (const struct try, one, &t->story->tries)
        extend(stage_of(t, one->stage), one->start_ns, one->last_ns);
}

static struct scene *scene_of(struct teller *t, struct stage *stage, struct str name)
{
    VEC_EACH (struct scene, scene, &stage->scenes)
        if (str_equal(scene->name, name))
            return scene;
    struct scene *scene = VEC_PUSH(t->arena, &stage->scenes, struct scene);
    *scene = (struct scene){.name = name, .exit_status = -1};
    return scene;
}

static void add_try(struct teller *t, struct stage *stage, const struct try *one)
{
    stage->retries += one->number > 1;
    if (!one->scene.len)
        return;
    struct scene *scene = scene_of(t, stage, one->scene);
    scene->tries++;
    scene->outcome = one->outcome;
    scene->duration_ns += one->last_ns - one->start_ns;
    scene->exit_status = one->exit_status;
    scene->output = one->output;
}

/* Scenes that the stage finished without a try of their own: a validation says so. */
static void add_validated(struct teller *t, struct stage *stage)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        bool tells = (signal->kind == SIGNAL_VALIDATION || signal->kind == SIGNAL_OUTPUT) &&
                     teller_concerns(t, signal) && !teller_is_helpers(t, signal) && signal->scene.len &&
                     str_equal(signal->stage, stage->name);
        if (!tells)
            continue;
        struct scene *scene = scene_of(t, stage, signal->scene);
        if (scene->tries && !scene->by_check)
            continue;
        scene->tries = 1;
        scene->by_check = true;
        scene->outcome = signal->success == 0 ? OUTCOME_FAILED : OUTCOME_SUCCESS;
        scene->output = signal->path;
    }
}

/* Whether a later try of the same thing came. */
static bool is_last(const struct teller *t, const struct try *one)
{
    VEC_EACH (const struct try, other, &t->story->tries)
        if (other > one && str_equal(other->stage, one->stage) && str_equal(other->scene, one->scene))
            return false;
    return true;
}

/* What the last tries of everything came to. */
static struct tally tally_tries(struct teller *t, struct stage *stage)
{
    struct tally tally = {.mishap = NONE};
    VEC_EACH (const struct try, one, &t->story->tries) {
        if (!str_equal(one->stage, stage->name))
            continue;
        add_try(t, stage, one);
        if (!is_last(t, one))
            continue;
        tally.any = true;
        tally.failed |= one->outcome == OUTCOME_FAILED;
        tally.timeout |= one->outcome == OUTCOME_TIMEOUT;
        tally.interrupted |= one->outcome == OUTCOME_INTERRUPTED;
        tally.running |= one->outcome == OUTCOME_RUNNING;
        tally.success |= one->outcome == OUTCOME_SUCCESS;
        if (one->mishap != NONE)
            tally.mishap = one->mishap;
    }
    return tally;
}

/* One method for all tries that are no fixes, or that of the try that decided the whole video's stage. */
static void find_method(const struct teller *t, struct stage *stage)
{
    bool differ = false;
    if (stage->method.len)
        return; /* the pipeline named it */
    VEC_EACH (const struct try, one, &t->story->tries) {
        if (!str_equal(one->stage, stage->name) || (one->is_fix && one->scene.len))
            continue;
        differ |= one->scene.len && stage->method.len && !str_equal(stage->method, one->method);
        stage->method = one->method;
    }
    if (differ)
        stage->method = STR("");
}

/* A stage that does its work in other processes costs what those cost, not what the one that waits for them
 * does. */
static void cost_stage(struct teller *t, struct stage *stage)
{
    struct vec operations = {0}, helpers = {0};
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_OPERATION && signal->film == t->film && signal->from_process &&
            str_equal(signal->stage, stage->name))
            *VEC_PUSH(t->arena, &operations, uint32_t) = signal->node;
    VEC_EACH (const struct try, one, &t->story->tries)
        VEC_EACH (const uint32_t, node, &one->nodes)
            if (str_equal(one->stage, stage->name))
                *VEC_PUSH(t->arena, &helpers, uint32_t) = *node;
    figures_add_processes(t, operations.count ? &operations : &helpers, &stage->figures);
    stage->figures.duration_ns = 0;
    VEC_EACH (const struct window, window, &t->windows) {
        if (!str_equal(window->stage, stage->name))
            continue;
        stage->figures.duration_ns += window->end_ns - window->start_ns;
        temp_count(t, window->start_ns, window->end_ns, &stage->figures);
        if (!operations.count && window->owner != NONE && !window->skipped)
            figures_add_share(t, window->owner, window->start_ns, window->end_ns, &stage->figures);
    }
    if (!stage->figures.duration_ns)
        stage->figures.duration_ns = stage->end_ns - stage->start_ns;
    figures_add_rows(t, &stage->name, &stage->figures);
    figures_add_parallel(t, stage->name, &stage->figures);
}

static void add_validation_errors(struct teller *t, struct stage *stage)
{
    VEC_EACH (const struct check, check, &t->story->checks)
        if (check->mishap != NONE && check->success == 0 &&
            str_equal(VEC_AT(&t->story->mishaps, struct mishap, check->mishap)->stage, stage->name))
            *VEC_PUSH(t->arena, &stage->validation_errors, uint32_t) = check->mishap;
}

static int by_start(const void *a, const void *b)
{
    const struct stage *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return str_compare(left->name, right->name);
}

void stage_conclude(struct teller *t)
{
    stretch_windows(t);
    collect(t);
    VEC_EACH (struct stage, stage, &t->story->stages) {
        struct tally tally = tally_tries(t, stage);
        add_validated(t, stage);
        stage_judge(t, stage, &tally);
        find_method(t, stage);
        cost_stage(t, stage);
        add_validation_errors(t, stage);
        if (stage->outcome == OUTCOME_RUNNING || stage->outcome == OUTCOME_INTERRUPTED)
            stage->end_ns = NO_TIME;
    }
    VEC_SORT(&t->story->stages, struct stage, by_start);
}
