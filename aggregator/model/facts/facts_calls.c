/* Calls of the API: found by key, and of each part the last one kept. */
#include "model/facts/facts_lists.h"

static uint64_t call_hash(const struct api_call *call)
{
    return map_mix(map_mix(map_mix(0, call->process), call->connection), call->stream);
}

static struct api_call *find_or_add(struct facts *facts, const struct api_call *call)
{
    uint64_t hash = call_hash(call);
    MAP_EACH (i, &facts->call_index, hash) {
        struct api_call *known = VEC_AT(&facts->calls, struct api_call, i);
        if (known->process == call->process && known->connection == call->connection &&
            known->stream == call->stream)
            return known;
    }
    map_add(facts->arena, &facts->call_index, hash, (uint32_t)facts->calls.count);
    struct api_call *fresh = VEC_PUSH(facts->arena, &facts->calls, struct api_call);
    *fresh =
        (struct api_call){.process = call->process, .connection = call->connection, .stream = call->stream};
    return fresh;
}

/* A thread's sequence is never used twice, so that two stamps of a process are only equal when they are one.
 */
static bool is_later(const struct api_stamp *a, const struct api_stamp *b)
{
    if (!a->seen || !b->seen)
        return a->seen;
    if (a->ticks != b->ticks)
        return a->ticks > b->ticks;
    return a->sequence != b->sequence ? a->sequence > b->sequence : a->tid > b->tid;
}

#define TAKE(part)                                                                                           \
    if (is_later(&from->part.stamp, &into->part.stamp))                                                      \
    into->part = from->part

static void keep_texts(struct facts *facts, struct api_call *call)
{
    struct str *const texts[] = {
        &call->request.host,      &call->request.endpoint, &call->request.model, &call->response.request_id,
        &call->response.headers,  &call->usage.message_id, &call->usage.model,   &call->usage.service_tier,
        &call->usage.stop_reason, &call->error.type,       &call->error.message};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = facts_str(facts, *texts[i]);
}

void facts_add_call(struct facts *facts, const struct api_call *from)
{
    struct api_call *into = find_or_add(facts, from);
    TAKE(request);
    TAKE(response);
    TAKE(usage);
    TAKE(error);
    TAKE(end);
    keep_texts(facts, into);
}

static void reindex(struct facts *facts)
{
    uint32_t i = 0;
    facts->call_index = (struct map){0};
    VEC_EACH (struct api_call, call, &facts->calls)
        map_add(facts->arena, &facts->call_index, call_hash(call), i++);
}

void facts_renumber_call(struct api_call *call, const uint32_t *process, const uint32_t *video)
{
    struct api_stamp *const stamps[] = {&call->request.stamp, &call->response.stamp, &call->usage.stamp,
                                        &call->error.stamp, &call->end.stamp};
    call->process = process[call->process];
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++)
        if (stamps[i]->seen)
            stamps[i]->video = video[stamps[i]->video];
}

static int call_order(const void *one, const void *other)
{
    const struct api_call *a = one, *b = other;
    LESS(a->process, b->process);
    LESS(a->connection, b->connection);
    LESS(a->stream, b->stream);
    return 0;
}

void facts_settle_calls(struct facts *facts, const uint32_t *process, const uint32_t *video)
{
    VEC_EACH (struct api_call, call, &facts->calls)
        facts_renumber_call(call, process, video);
    VEC_SORT(&facts->calls, struct api_call, call_order);
    reindex(facts);
}
