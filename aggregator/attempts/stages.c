/* One stage from all its intervals and attempts. */
#include "attempts/attempts.h"

#include "resources/resource_usage.h"
#include "resources/temp_files.h"
#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

static struct stage *stage_of(struct video_context *t, struct str name)
{
    VEC_EACH (struct stage, stage, &t->story->stages)
        if (str_equal(stage->name, name))
            return stage;
    struct stage *stage = VEC_PUSH(t->arena, &t->story->stages, struct stage);
    *stage = (struct stage){.name = name, .start_ns = INT64_MAX, .end_ns = INT64_MIN, .failure = NONE};
    stage->usage = resource_usage_none();
    return stage;
}

static void extend(struct stage *stage, int64_t start_ns, int64_t end_ns)
{
    if (start_ns < stage->start_ns)
        stage->start_ns = start_ns;
    if (end_ns > stage->end_ns)
        stage->end_ns = end_ns;
}

/* Attempts may begin before, or last longer than, what the intervals knew. */
static void stretch_intervals(struct video_context *t)
{
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        struct stage_interval *interval = stage_intervals_of(t, attempt->root, attempt->stage);
        if (interval && attempt->start_ns >= interval->start_ns)
            stage_intervals_reach(interval, attempt->last_ns);
    }
}

static void collect(struct video_context *t)
{
    VEC_EACH (const struct stage_interval, interval, &t->intervals) {
        struct stage *stage = stage_of(t, interval->stage);
        extend(stage, interval->start_ns, interval->end_ns);
        VEC_EACH (const struct signal_value, value, &interval->values)
            *VEC_PUSH(t->arena, &stage->values, struct signal_value) = *value;
        if (interval->method.len)
            stage->method = interval->method;
        if (interval->result.len)
            stage->result = interval->result;
        if (interval->config.len)
            stage->config = interval->config;
        if (!stage->rule.len)
            stage->rule = interval->rule;
    }
    VEC_EACH (const struct attempt, attempt, &t->story->attempts)
        extend(stage_of(t, attempt->stage), attempt->start_ns, attempt->last_ns);
}

static struct scene *scene_of(struct video_context *t, struct stage *stage, struct str name)
{
    VEC_EACH (struct scene, scene, &stage->scenes)
        if (str_equal(scene->name, name))
            return scene;
    struct scene *scene = VEC_PUSH(t->arena, &stage->scenes, struct scene);
    *scene = (struct scene){.name = name, .exit_status = -1};
    return scene;
}

static void add_attempt(struct video_context *t, struct stage *stage, const struct attempt *attempt)
{
    stage->retries += attempt->number > 1;
    if (!attempt->scene.len)
        return;
    struct scene *scene = scene_of(t, stage, attempt->scene);
    scene->attempts++;
    scene->outcome = attempt->outcome;
    scene->duration_ns += attempt->last_ns - attempt->start_ns;
    scene->exit_status = attempt->exit_status;
    scene->output = attempt->output;
}

/* Scenes that the stage finished without an attempt of their own: a validation says so. */
static void add_validated(struct video_context *t, struct stage *stage)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        bool tells = (signal->kind == SIGNAL_VALIDATION || signal->kind == SIGNAL_OUTPUT) &&
                     video_context_concerns(t, signal) && !video_context_is_helpers(t, signal) &&
                     signal->scene.len && str_equal(signal->stage, stage->name);
        if (!tells)
            continue;
        struct scene *scene = scene_of(t, stage, signal->scene);
        if (scene->attempts && !scene->by_check)
            continue;
        scene->attempts = 1;
        scene->by_check = true;
        scene->outcome = signal->success == 0 ? OUTCOME_FAILED : OUTCOME_SUCCESS;
        scene->output = signal->path;
    }
}

/* Whether a later attempt of the same thing came. */
static bool is_last(const struct video_context *t, const struct attempt *attempt)
{
    VEC_EACH (const struct attempt, other, &t->story->attempts)
        if (other > attempt && str_equal(other->stage, attempt->stage) &&
            str_equal(other->scene, attempt->scene))
            return false;
    return true;
}

/* What the last attempts of everything came to. */
static struct tally tally_attempts(struct video_context *t, struct stage *stage)
{
    struct tally tally = {.failure = NONE};
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        if (!str_equal(attempt->stage, stage->name))
            continue;
        add_attempt(t, stage, attempt);
        if (!is_last(t, attempt))
            continue;
        tally.any = true;
        tally.failed |= attempt->outcome == OUTCOME_FAILED;
        tally.timeout |= attempt->outcome == OUTCOME_TIMEOUT;
        tally.interrupted |= attempt->outcome == OUTCOME_INTERRUPTED;
        tally.running |= attempt->outcome == OUTCOME_RUNNING;
        tally.success |= attempt->outcome == OUTCOME_SUCCESS;
        if (attempt->failure != NONE)
            tally.failure = attempt->failure;
    }
    return tally;
}

/* One method for all attempts that are no fixes, or that of the attempt that decided the whole video's stage.
 */
static void find_method(const struct video_context *t, struct stage *stage)
{
    bool differ = false;
    if (stage->method.len)
        return; /* the pipeline named it */
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        if (!str_equal(attempt->stage, stage->name) || (attempt->is_fix && attempt->scene.len))
            continue;
        differ |= attempt->scene.len && stage->method.len && !str_equal(stage->method, attempt->method);
        stage->method = attempt->method;
    }
    if (differ)
        stage->method = STR("");
}

/* A stage that does its work in other processes costs what those cost, not what the one that waits for them
 * does. */
static void cost_stage(struct video_context *t, struct stage *stage)
{
    struct vec operations = {0}, helpers = {0};
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_OPERATION && signal->video == t->video && signal->from_process &&
            str_equal(signal->stage, stage->name))
            *VEC_PUSH(t->arena, &operations, uint32_t) = signal->node;
    VEC_EACH (const struct attempt, attempt, &t->story->attempts)
        VEC_EACH (const uint32_t, node, &attempt->nodes)
            if (str_equal(attempt->stage, stage->name))
                *VEC_PUSH(t->arena, &helpers, uint32_t) = *node;
    resource_usage_add_processes(t, operations.count ? &operations : &helpers, &stage->usage);
    stage->usage.duration_ns = 0;
    VEC_EACH (const struct stage_interval, interval, &t->intervals) {
        if (!str_equal(interval->stage, stage->name))
            continue;
        stage->usage.duration_ns += interval->end_ns - interval->start_ns;
        temp_files_count(t, interval->start_ns, interval->end_ns, &stage->usage);
        if (!operations.count && interval->owner != NONE && !interval->skipped)
            resource_usage_add_share(t, interval->owner, interval->start_ns, interval->end_ns, &stage->usage);
    }
    if (!stage->usage.duration_ns)
        stage->usage.duration_ns = stage->end_ns - stage->start_ns;
    work_rows_add(t, &stage->name, &stage->usage);
    work_rows_add_parallel(t, stage->name, &stage->usage);
}

static void add_validation_errors(struct video_context *t, struct stage *stage)
{
    VEC_EACH (const struct check, check, &t->story->checks)
        if (check->failure != NONE && check->success == 0 &&
            str_equal(VEC_AT(&t->story->failures, struct failure, check->failure)->stage, stage->name))
            *VEC_PUSH(t->arena, &stage->validation_errors, uint32_t) = check->failure;
}

static int by_start(const void *a, const void *b)
{
    const struct stage *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return str_compare(left->name, right->name);
}

void stages_conclude(struct video_context *t)
{
    stretch_intervals(t);
    collect(t);
    VEC_EACH (struct stage, stage, &t->story->stages) {
        struct tally tally = tally_attempts(t, stage);
        add_validated(t, stage);
        stage_outcome_decide(t, stage, &tally);
        find_method(t, stage);
        cost_stage(t, stage);
        add_validation_errors(t, stage);
        if (stage->outcome == OUTCOME_RUNNING || stage->outcome == OUTCOME_INTERRUPTED)
            stage->end_ns = NO_TIME;
    }
    VEC_SORT(&t->story->stages, struct stage, by_start);
}
