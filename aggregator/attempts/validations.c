/* A check may be told by a call, by the process that it was, by the file that it let pass, and by the
 * program: the first of these that is there counts. */
#include "attempts/attempts.h"

#include "failures/failure.h"
#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

struct check *validations_add(struct video_context *t, int64_t at_ns, struct str type, struct str scene,
                              int success)
{
    struct check *check = VEC_PUSH(t->arena, &t->story->checks, struct check);
    *check = (struct check){
        .at_ns = at_ns, .type = type, .scene = scene, .success = success, .failure = NONE, .node = NONE};
    return check;
}

/* The last call for help at a scene before a moment; "" when there was none. */
static struct str fix_before(const struct video_context *t, const struct signal *signal, struct str stage)
{
    struct str fix = STR("");
    VEC_EACH (const struct attempt, attempt, &t->story->attempts)
        if (attempt->is_fix && str_equal(attempt->stage, stage) && str_equal(attempt->scene, signal->scene) &&
            attempt->start_ns <= signal->at_ns)
            fix = attempt->method;
    return fix;
}

static int rank(const struct signal *signal)
{
    return signal->from_process ? 3 : signal->span != NONE ? 2 : signal->from_note ? 0 : 1;
}

static bool same_or_open(struct str a, struct str b) { return !a.len || !b.len || str_equal(a, b); }

static bool same_check(const struct video_context *t, const struct signal *a, const struct signal *b)
{
    return a->kind == SIGNAL_VALIDATION && b->kind == SIGNAL_VALIDATION && a != b &&
           video_context_concerns(t, b) && str_equal(a->check, b->check) && same_or_open(a->scene, b->scene);
}

/* A file that a check let pass, or a report of the program, where the check itself is in the recording. */
static bool told_better(const struct video_context *t, const struct signal *signal)
{
    if (rank(signal) > 1)
        return false;
    VEC_EACH (const struct signal, other, t->signals)
        if (same_check(t, signal, other) && rank(other) > rank(signal) &&
            (signal->success != 1 || other->success != 0 || signal->from_note))
            return true;
    return false;
}

/* A call whose check is the process that it started: that one is there already. */
static bool told_by_process(const struct video_context *t, const struct signal *signal)
{
    if (signal->span == NONE)
        return false;
    VEC_EACH (const struct signal, other, t->signals)
        if (other->from_process && video_context_concerns(t, other) &&
            str_equal(other->check, signal->check) && activity_within(t, signal, other))
            return true;
    return false;
}

static bool is_check(const struct video_context *t, const struct signal *signal)
{
    return signal->kind == SIGNAL_VALIDATION && video_context_concerns(t, signal) &&
           !video_context_is_helpers(t, signal) && !told_better(t, signal) && !told_by_process(t, signal);
}

static void add_signal(struct video_context *t, const struct signal *signal)
{
    bool lasts = signal->from_process || signal->span != NONE;
    int64_t at = lasts && signal->end_ns != NO_TIME ? signal->end_ns : signal->at_ns;
    struct check *check = validations_add(t, at, signal->check, signal->scene, signal->success);
    struct str fix = fix_before(t, signal, stage_intervals_stage_of(t, signal));
    check->stage = stage_intervals_stage_of(t, signal);
    check->rule = signal->rule;
    check->node = signal->node;
    check->errors = signal->errors;
    if (signal->from_note)
        check->report = self_report_of(signal, true);
    if (fix.len && !signal->fixes.count)
        *VEC_PUSH(t->arena, &check->fixes, struct str) = fix;
    VEC_EACH (const struct str, own, &signal->fixes)
        *VEC_PUSH(t->arena, &check->fixes, struct str) = *own;
    if (signal->success != 0)
        return;
    if (signal->from_process)
        check->failure = failure_of_process(t, signal, check->stage, signal->scene);
    else if (signal->span != NONE || signal->from_note)
        check->failure = failure_of_call(t, signal, check->stage, signal->scene);
}

static bool is_of(const struct check *check, const struct signal *mended, struct str stage)
{
    return str_equal(check->stage, stage) && same_or_open(check->scene, mended->scene);
}

/* The first check of the scene after it was mended; NULL. */
static struct check *next_check(struct video_context *t, const struct signal *mended, struct str stage)
{
    struct check *next = NULL;
    VEC_EACH (struct check, check, &t->story->checks)
        if (is_of(check, mended, stage) && check->at_ns >= mended->end_ns &&
            (!next || check->at_ns < next->at_ns))
            next = check;
    return next;
}

/* The last check of the scene before it was mended: it failed, or nothing would have been mended. */
static const struct check *check_before(const struct video_context *t, const struct signal *mended,
                                        struct str stage)
{
    const struct check *last = NULL;
    VEC_EACH (const struct check, check, &t->story->checks)
        if (is_of(check, mended, stage) && check->at_ns <= mended->at_ns && check->success == 0 &&
            (!last || check->at_ns > last->at_ns))
            last = check;
    return last;
}

static void add_repair(struct video_context *t, const struct signal *mended, struct str fix, struct str stage,
                       uint32_t failure, int worked)
{
    *VEC_PUSH(t->arena, &t->story->repairs, struct repair) = (struct repair){.at_ns = mended->end_ns,
                                                                             .fix = fix,
                                                                             .stage = stage,
                                                                             .scene = mended->scene,
                                                                             .rule = mended->rule,
                                                                             .failure = failure,
                                                                             .worked = worked};
}

/* The pipeline mended something: the check after it tells whether that helped; else its own report does. */
static void take_recovery(struct video_context *t, const struct signal *mended)
{
    struct str stage = stage_intervals_stage_of(t, mended);
    const struct check *before = check_before(t, mended, stage);
    uint32_t failure = before ? before->failure : NONE;
    struct str type = before ? before->type : STR("recovery_validation");
    struct check *next = next_check(t, mended, stage);
    if (failure == NONE && mended->message.len)
        failure = failure_of_call(t, mended, stage, mended->scene);
    if (!next) {
        next = validations_add(t, mended->end_ns, type, mended->scene, mended->success);
        next->stage = stage;
        next->rule = mended->rule;
        next->failure = mended->success == 0 ? failure : NONE;
    }
    next->recovery = true;
    int worked = mended->success == 0 ? 0 : next->success;
    VEC_EACH (const struct str, fix, &mended->fixes) {
        *VEC_PUSH(t->arena, &next->fixes, struct str) = *fix;
        add_repair(t, mended, *fix, stage, failure, worked);
    }
    if (!mended->fixes.count)
        add_repair(t, mended, mended->method, stage, failure, worked);
}

void validations_find(struct video_context *t)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (is_check(t, signal))
            add_signal(t, signal);
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_RECOVERY && video_context_concerns(t, signal) && signal->ended >= 0)
            take_recovery(t, signal);
}

/* The failure of the last check of a scene before an attempt of it; NONE. */
static uint32_t failed_check(const struct video_context *t, const struct attempt *attempt)
{
    const struct check *last = NULL;
    VEC_EACH (const struct check, check, &t->story->checks)
        if (str_equal(check->stage, attempt->stage) && str_equal(check->scene, attempt->scene) &&
            check->at_ns <= attempt->start_ns && (!last || check->at_ns >= last->at_ns))
            last = check;
    return last && last->success == 0 ? last->failure : NONE;
}

/* An attempt after one that failed is a fix tried against its error. */
static void add_attempts(struct video_context *t)
{
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        const struct attempt *before = NULL;
        VEC_EACH (const struct attempt, other, &t->story->attempts)
            if (other < attempt && str_equal(other->stage, attempt->stage) &&
                str_equal(other->scene, attempt->scene))
                before = other;
        uint32_t against = before ? before->failure : failed_check(t, attempt);
        bool over = attempt->outcome != OUTCOME_RUNNING && attempt->outcome != OUTCOME_INTERRUPTED;
        bool needed = before ? before->outcome != OUTCOME_SUCCESS : against != NONE;
        if (!needed || (!attempt->is_fix && !attempt->recovery) || !over)
            continue;
        *VEC_PUSH(t->arena, &t->story->repairs, struct repair) =
            (struct repair){.at_ns = attempt->start_ns,
                            .fix = attempt->is_fix ? attempt->method : STR("retry"),
                            .stage = attempt->stage,
                            .scene = attempt->scene,
                            .rule = attempt->rule,
                            .failure = against,
                            .worked = attempt->outcome == OUTCOME_SUCCESS};
    }
}

static int check_order(const void *a, const void *b)
{
    const struct check *left = a, *right = b;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    int order = str_compare(left->type, right->type);
    return order ? order : str_compare(left->scene, right->scene);
}

static int repair_order(const void *a, const void *b)
{
    const struct repair *left = a, *right = b;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    int order = str_compare(left->fix, right->fix);
    return order ? order : str_compare(left->scene, right->scene);
}

void validations_settle(struct video_context *t)
{
    add_attempts(t);
    VEC_SORT(&t->story->checks, struct check, check_order);
    VEC_SORT(&t->story->repairs, struct repair, repair_order);
}
