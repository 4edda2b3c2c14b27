/* A program reports a thing when it is over: the last one that ended before, and agrees with the report, is
 * meant. */
#include "attempts/attempts.h"

#include "timeline/stage_intervals.h"

#include <stdlib.h>

#define SLACK_NS 2000000000  /* between an end and its report */
#define LATE_NS  60000000000 /* the same, where the report does not say how long it took */

struct self_report self_report_of(const struct signal *signal, bool alone)
{
    return (struct self_report){
        .reported = true, .alone = alone, .at_ns = signal->end_ns, .at = signal->reported_at};
}

/* Whether something that lasted so long may be what the report is about. */
static bool fits(const struct signal *report, int64_t start_ns, int64_t last_ns)
{
    int64_t slack = report->at_ns < report->end_ns ? SLACK_NS : LATE_NS;
    return start_ns <= report->end_ns && last_ns >= report->at_ns - slack &&
           last_ns <= report->end_ns + SLACK_NS;
}

/* The better of two: more agreement, then the end that is nearest. */
struct match {
    int agrees;
    int64_t apart;
};

static bool is_better(struct match one, struct match other)
{
    return one.agrees != other.agrees ? one.agrees > other.agrees : one.apart < other.apart;
}

#define NO_MATCH ((struct match){-1, INT64_MAX})

static int64_t apart(const struct signal *report, int64_t last_ns) { return llabs(report->end_ns - last_ns); }

static bool is_report(const struct video_context *t, const struct signal *signal, enum signal_kind kind)
{
    return signal->from_note && signal->kind == kind && video_context_concerns(t, signal);
}

static int tokens_agree(int64_t seen, int64_t reported) { return seen >= 0 && seen == reported; }

static int64_t value(const struct signal *report, struct str name)
{
    VEC_EACH (const struct signal_value, one, &report->values) {
        int64_t number = 0;
        if (!str_equal(one->name, name) || !one->value.len)
            continue;
        for (size_t i = 0; i < one->value.len; i++) {
            if (one->value.ptr[i] < '0' || one->value.ptr[i] > '9' || i > 12)
                return -1;
            number = number * 10 + (one->value.ptr[i] - '0');
        }
        return call_count(number);
    }
    return -1;
}

static struct call *call_meant(struct video_context *t, const struct signal *report)
{
    struct match best = NO_MATCH;
    struct call *found = NULL;
    VEC_EACH (struct call, call, &t->story->calls) {
        struct str model = call->model_used.len ? call->model_used : call->model;
        struct match match = {
            (call->success == report->success) + 2 * (model.len && str_equal(model, report->model)) +
                4 * tokens_agree(call->tokens.output, value(report, STR("completion_tokens"))),
            apart(report, call->last_ns)};
        if (call->report.reported || call->source == CALL_REPORTED ||
            video_context_root(t, call->node) != video_context_root(t, report->node) ||
            !fits(report, call->start_ns, call->last_ns) || !is_better(match, best))
            continue;
        best = match;
        found = call;
    }
    return found;
}

/* The call of which nothing but the report is known; NULL. */
static struct call *call_told(struct video_context *t, const struct signal *report)
{
    VEC_EACH (struct call, call, &t->story->calls)
        if (call->source == CALL_REPORTED && call->node == report->node && call->tid == report->tid &&
            call->end_ns == report->end_ns)
            return call;
    return NULL;
}

void match_reports_of_calls(struct video_context *t)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        if (!is_report(t, signal, SIGNAL_CALL))
            continue;
        struct call *told = call_told(t, signal), *call = told ? told : call_meant(t, signal);
        if (call)
            call->report = self_report_of(signal, told != NULL);
    }
}

static bool is_that(struct self_report report, const struct signal *signal)
{
    return report.alone && report.at_ns == signal->end_ns && str_equal(report.at, signal->reported_at);
}

/* Whether an attempt or a check is known from that report alone. */
static bool is_told(const struct video_context *t, const struct signal *signal)
{
    VEC_EACH (const struct attempt, attempt, &t->story->attempts)
        if (signal->kind == SIGNAL_ATTEMPT && is_that(attempt->report, signal))
            return true;
    VEC_EACH (const struct check, check, &t->story->checks)
        if (signal->kind == SIGNAL_VALIDATION && is_that(check->report, signal))
            return true;
    return false;
}

static struct attempt *attempt_meant(struct video_context *t, const struct signal *report)
{
    struct match best = NO_MATCH;
    struct attempt *found = NULL;
    VEC_EACH (struct attempt, attempt, &t->story->attempts) {
        bool agrees = report->success < 0 || (attempt->outcome == OUTCOME_SUCCESS) == report->success;
        struct match match = {4 * str_equal(attempt->method, report->method) +
                                  2 * (attempt->number == report->number) + agrees,
                              apart(report, attempt->last_ns)};
        if (attempt->report.reported || !str_equal(attempt->stage, report->stage) ||
            !fits(report, attempt->start_ns, attempt->last_ns) || !is_better(match, best))
            continue;
        best = match;
        found = attempt;
    }
    return found;
}

static struct check *check_meant(struct video_context *t, const struct signal *report)
{
    struct match best = NO_MATCH;
    struct check *found = NULL;
    VEC_EACH (struct check, check, &t->story->checks) {
        struct match match = {0, apart(report, check->at_ns)};
        bool agrees = check->success < 0 || report->success < 0 || check->success == report->success;
        if (check->report.reported || !agrees || !str_equal(check->type, report->check) ||
            !fits(report, check->at_ns, check->at_ns) || !is_better(match, best))
            continue;
        best = match;
        found = check;
    }
    return found;
}

void match_reports_find(struct video_context *t)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        struct attempt *attempt = NULL;
        struct check *check = NULL;
        if (is_told(t, signal))
            continue;
        if (is_report(t, signal, SIGNAL_ATTEMPT))
            attempt = attempt_meant(t, signal);
        else if (is_report(t, signal, SIGNAL_VALIDATION))
            check = check_meant(t, signal);
        if (attempt)
            attempt->report = self_report_of(signal, false);
        if (check)
            check->report = self_report_of(signal, false);
    }
}
