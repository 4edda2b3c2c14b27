/* A message of a batch is one call, however often the batch's results are downloaded. */
#include "llm_calls/observed_calls.h"

/* A line of a batch's results. */
struct result {
    const struct call *call;
    uint64_t line;
    uint32_t index; /* of the call */
};

static uint64_t line_of(const struct api_call *api) { return api->stream >> 32; } /* 0: none (deep.h) */

/* An id names a message; what failed has none, and is known by its line. */
static int compare(const struct result *a, const struct result *b)
{
    int order = str_compare(a->call->endpoint, b->call->endpoint);
    if (order == 0)
        order = str_compare(a->call->message_id, b->call->message_id);
    if (order == 0 && a->call->message_id.len == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order;
}

static int by_message(const void *a, const void *b)
{
    const struct result *left = a, *right = b;
    int order = compare(left, right);
    if (order == 0)
        order =
            (left->call->start_ns > right->call->start_ns) - (left->call->start_ns < right->call->start_ns);
    return order ? order : (left->call->key > right->call->key) - (left->call->key < right->call->key);
}

static struct vec results_of(const struct tree *tree, const struct vec *calls)
{
    struct vec results = {0};
    for (uint32_t i = 0; i < calls->count; i++) {
        uint64_t line = line_of(VEC_AT(&tree->facts->calls, struct api_call, i));
        if (line)
            *VEC_PUSH(tree->arena, &results, struct result) =
                (struct result){VEC_AT(calls, struct call, i), line, i};
    }
    VEC_SORT(&results, struct result, by_message);
    return results;
}

struct vec batch_calls_once(const struct tree *tree, const struct vec *calls)
{
    struct vec once = {0}, results = results_of(tree, calls);
    bool *again = arena_alloc(tree->arena, calls->count + 1);
    for (uint32_t i = 1; i < results.count; i++) {
        const struct result *result = VEC_AT(&results, struct result, i);
        again[result->index] = compare(result - 1, result) == 0;
    }
    for (uint32_t i = 0; i < calls->count; i++)
        if (!again[i])
            *VEC_PUSH(tree->arena, &once, struct call) = *VEC_AT(calls, struct call, i);
    return once;
}
