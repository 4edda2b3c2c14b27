/* Which call repeats which, and when the API held a process up. */
#include "llm_calls/observed_calls.h"

#define SECOND_NS                  1000000000LL
#define BACKOFF_NS                 (8 * SECOND_NS)   /* the SDKs' longest wait of their own */
#define SLACK_NS                   (2 * SECOND_NS)   /* of a busy machine */
#define SCRIPT_NS                  (900 * SECOND_NS) /* later, the same request is another one */
#define RATE_LIMIT_PERIOD_APART_NS (60 * SECOND_NS)

static bool worth_repeating(const struct call *call)
{
    int64_t status = call->http_status;
    bool refused = status == 408 || status == 409 || status == 429 || status >= 500;
    return call->success == 0 && call->end_ns != NO_TIME && (refused || call->cut || call->rate_limited);
}

static int64_t backoff(const struct call *failed)
{
    int64_t told = failed->retry_after_ns;
    return (told > BACKOFF_NS ? told : BACKOFF_NS) + SLACK_NS;
}

static bool same_request(const struct call *a, const struct call *b)
{
    return a->node == b->node && a->source == b->source && str_equal(a->endpoint, b->endpoint) &&
           str_equal(a->model, b->model) && str_equal(a->host, b->host) &&
           str_equal(a->session, b->session) &&
           (a->body_bytes == b->body_bytes || a->body_bytes < 0 || b->body_bytes < 0);
}

/* The more of them hold, the surer. */
static int agreement(const struct call *failed, const struct call *call)
{
    bool counted = failed->sdk_attempt >= 0 && call->sdk_attempt == failed->sdk_attempt + 1;
    return 2 * counted + (failed->tid == call->tid);
}

/* A client that counts its attempts begins anew when the script calls it again. */
static bool is_by_sdk(const struct call *failed, const struct call *call, int64_t wait)
{
    if (call->sdk_attempt > 0)
        return true;
    return wait <= backoff(failed) && failed->sdk_attempt <= 0;
}

static void link_pair(const struct call *failed, struct call *call)
{
    call->retry_of = failed->key;
    bool told =
        call->source == CALL_TRANSCRIPT; /* untimed, its time is that of the answer, not of the request */
    call->wait_ns =
        told && !(call->timed && failed->timed) ? failed->retry_after_ns : call->start_ns - failed->end_ns;
    call->by_sdk = told || is_by_sdk(failed, call, call->wait_ns);
}

/* Among those that failed and were not repeated yet; those that ended too long ago go. */
static void link_one(struct vec *calls, struct vec *open, uint32_t index)
{
    struct call *call = VEC_AT(calls, struct call, index);
    size_t best = SIZE_MAX, kept = 0;
    for (size_t i = 0; i < open->count; i++) {
        uint32_t at = *VEC_AT(open, uint32_t, i);
        const struct call *failed = VEC_AT(calls, struct call, at);
        if (call->start_ns - failed->end_ns > SCRIPT_NS + backoff(failed))
            continue;
        *VEC_AT(open, uint32_t, kept++) = at;
        if (failed->end_ns > call->start_ns || !same_request(failed, call))
            continue;
        const struct call *rival =
            best == SIZE_MAX ? NULL : VEC_AT(calls, struct call, *VEC_AT(open, uint32_t, best));
        if (!rival || agreement(failed, call) > agreement(rival, call) ||
            (agreement(failed, call) == agreement(rival, call) && failed->end_ns > rival->end_ns))
            best = kept - 1;
    }
    open->count = kept;
    if (best == SIZE_MAX)
        return;
    struct call *failed = VEC_AT(calls, struct call, *VEC_AT(open, uint32_t, best));
    link_pair(failed, call);
    failed->retried_by = index;
    memmove(VEC_AT(open, uint32_t, best), VEC_AT(open, uint32_t, best + 1),
            (--open->count - best) * sizeof(uint32_t));
}

void linking_link(struct arena *arena, struct vec *calls)
{
    struct vec open = {0};
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct call *call = VEC_AT(calls, struct call, i);
        if (call->node != NONE)
            link_one(calls, &open, i);
        if (call->node != NONE && worth_repeating(call))
            *VEC_PUSH(arena, &open, uint32_t) = i;
    }
}

/* The call that repeats it, or NULL. */
static const struct call *repetition(const struct vec *calls, const struct call *call)
{
    VEC_EACH (const struct call, other, calls)
        if (other->retry_of == call->key)
            return other;
    return NULL;
}

static struct rate_limit_period *rate_limit_period_of(struct arena *arena, struct vec *rate_limit_periods,
                                                      const struct call *call)
{
    for (size_t i = rate_limit_periods->count; i-- > 0;) {
        struct rate_limit_period *period = VEC_AT(rate_limit_periods, struct rate_limit_period, i);
        if (period->node == call->node && call->start_ns <= period->end_ns + RATE_LIMIT_PERIOD_APART_NS)
            return period;
    }
    struct rate_limit_period *period = VEC_PUSH(arena, rate_limit_periods, struct rate_limit_period);
    *period = (struct rate_limit_period){.start_ns = call->start_ns,
                                         .end_ns = call->last_ns,
                                         .stage = call->stage,
                                         .node = call->node,
                                         .pid = call->pid,
                                         .status = call->http_status};
    return period;
}

struct vec linking_rate_limit_periods(struct arena *arena, const struct vec *calls)
{
    struct vec rate_limit_periods = {0};
    VEC_EACH (const struct call, call, calls) {
        if (!call->rate_limited)
            continue;
        const struct call *next = repetition(calls, call);
        struct rate_limit_period *period = rate_limit_period_of(arena, &rate_limit_periods, call);
        int64_t end = next ? next->start_ns : call->last_ns;
        period->end_ns = end > period->end_ns ? end : period->end_ns;
        period->lost_ns += (call->response_ns > 0 ? call->response_ns : 0) + (next ? next->wait_ns : 0);
        period->limit = period->limit.len ? period->limit : call->limit;
        period->recovered = next && next->success == 1;
        period->retryable = call_is_retryable(call);
        period->refused++;
        *VEC_PUSH(arena, &period->calls, uint64_t) = call->key;
    }
    return rate_limit_periods;
}
