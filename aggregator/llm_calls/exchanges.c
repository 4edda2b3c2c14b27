/* Exchanges on a claude program's connections, and which of them was which call of its transcript. */
#include "llm_calls/observed_calls.h"

#define SLACK_NS 1000000000LL /* a row is written after its answer, by a program that may be busy */

struct exchange {
    struct str socket;
    uint32_t claude; /* node */
    int64_t begin_ns, end_ns;
    int64_t sent, received;
    bool taken;
};

struct wire {
    const struct tree *tree;
    struct vec exchanges; /* of struct exchange, by end */
};

static uint32_t claude_above(const struct tree *tree, const struct vec *claude_runs, uint32_t node)
{
    VEC_EACH (const uint32_t, claude, claude_runs)
        if (tree_below(tree, node, *claude))
            return *claude;
    return NONE;
}

/* The latest of that socket; NULL. */
static struct exchange *last_of(const struct wire *w, uint32_t claude, struct str socket)
{
    for (size_t i = w->exchanges.count; i-- > 0;) {
        struct exchange *e = VEC_AT(&w->exchanges, struct exchange, i);
        if (e->claude == claude && str_equal(e->socket, socket))
            return e;
    }
    return NULL;
}

/* What another chunk tells of the same exchange goes on with it. */
static bool goes_on(const struct exchange *before, const struct exchange *e)
{
    return before && (e->sent == 0 || before->received == 0);
}

static void unite(struct exchange *into, const struct exchange *e)
{
    into->end_ns = e->end_ns;
    into->sent += e->sent;
    into->received += e->received;
}

static void add_exchange(struct wire *w, const struct vec *claude_runs, const struct occurrence *occurrence)
{
    const struct fact_exchange *told = &occurrence->fact->exchange;
    uint32_t host = tree_node(w->tree, occurrence->node)->host;
    struct exchange e = {.socket = told->socket,
                         .claude = claude_above(w->tree, claude_runs, occurrence->node),
                         .begin_ns = tree_wall(w->tree, host, told->first_ticks),
                         .end_ns = occurrence->at_ns,
                         .sent = call_count((int64_t)told->sent_bytes),
                         .received = call_count((int64_t)told->received_bytes)};
    if (e.claude == NONE || e.sent < 0 || e.received < 0)
        return;
    struct exchange *before = last_of(w, e.claude, e.socket);
    if (goes_on(before, &e))
        unite(before, &e);
    else if (e.sent)
        *VEC_PUSH(w->tree->arena, &w->exchanges, struct exchange) = e;
}

static int64_t distance(const struct exchange *e, int64_t at_ns)
{
    return e->end_ns > at_ns ? e->end_ns - at_ns : at_ns - e->end_ns;
}

/* The exchange during which, or just after which, the row was written. */
static struct exchange *exchange_of(const struct wire *w, const struct call *call)
{
    struct exchange *best = NULL;
    VEC_EACH (struct exchange, e, &w->exchanges)
        if (!e->taken && e->received && tree_below(w->tree, call->node, e->claude) &&
            e->begin_ns <= call->start_ns && call->start_ns <= e->end_ns + SLACK_NS &&
            (!best || distance(e, call->start_ns) < distance(best, call->start_ns)))
            best = e;
    return best;
}

static void give(struct exchange *e, struct call *call)
{
    e->taken = true;
    call->timed = true;
    call->start_ns = e->begin_ns;
    call->end_ns = call->last_ns = e->end_ns;
    call->response_ns = e->end_ns - e->begin_ns;
    call->sent_bytes = e->sent;
    call->received_bytes = e->received;
}

void exchanges_add_times(const struct tree *tree, const struct vec *claude_runs, struct vec *calls)
{
    struct wire w = {.tree = tree};
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        if (occurrence->fact->kind == FACT_WIRE)
            add_exchange(&w, claude_runs, occurrence);
    VEC_EACH (struct call, call, calls) {
        struct exchange *e = call->source == CALL_TRANSCRIPT && call->node != NONE && call->response_ns < 0
                                 ? exchange_of(&w, call)
                                 : NULL;
        if (e)
            give(e, call);
    }
}
