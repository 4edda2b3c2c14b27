/* What transcripts say of calls, beside what passed by: known by the ids of message and request. */
#include "llm_calls/observed_calls.h"

struct joiner {
    const struct tree *tree;
    const struct vec *claude_runs;
    const struct transcripts *transcripts;
    struct vec *calls;
    size_t seen;      /* the first so many of them passed by */
    struct map by_id; /* hash of a message's or a request's id to a call */
    uint32_t *known;  /* by session: process of a call that both tell; NONE */
};

static void index_calls(struct joiner *j)
{
    for (uint32_t i = 0; i < j->seen; i++) {
        const struct call *call = VEC_AT(j->calls, struct call, i);
        if (call->message_id.len)
            map_add(j->tree->arena, &j->by_id, str_hash(call->message_id), i);
        if (call->request_id.len)
            map_add(j->tree->arena, &j->by_id, str_hash(call->request_id), i);
    }
}

static struct call *find(const struct joiner *j, const struct session_row *row)
{
    MAP_EACH (i, &j->by_id, str_hash(row->message_id)) {
        struct call *call = VEC_AT(j->calls, struct call, i);
        if (row->message_id.len && str_equal(call->message_id, row->message_id))
            return call;
    }
    MAP_EACH (i, &j->by_id, str_hash(row->request_id)) {
        struct call *call = VEC_AT(j->calls, struct call, i);
        if (row->request_id.len && str_equal(call->request_id, row->request_id))
            return call;
    }
    return NULL;
}

/* -1: there is none. */
static ptrdiff_t session_of(const struct joiner *j, struct str id)
{
    size_t low = 0, high = j->transcripts->sessions.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(VEC_AT(&j->transcripts->sessions, struct session, middle)->id, id);
        if (order == 0)
            return (ptrdiff_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static uint32_t claude_above(const struct joiner *j, uint32_t node)
{
    VEC_EACH (const uint32_t, claude, j->claude_runs)
        if (tree_below(j->tree, node, *claude))
            return *claude;
    return NONE;
}

/* Of a call that was cut off or that could not be followed the transcript may know all. */
static void complete(struct call *call, const struct session_row *row)
{
    call->session = row->session;
    call->request_id = call->request_id.len ? call->request_id : row->request_id;
    call->message_id = call->message_id.len ? call->message_id : row->message_id;
    if (call->usage == USAGE_COMPLETE || row->is_error || row->tokens.input < 0)
        return;
    call->source = CALL_TRANSCRIPT;
    call->tokens = row->tokens;
    call->usage = USAGE_COMPLETE;
    call->usage_reason = STR("");
    call->model_used = row->model;
    call->service_tier = row->service_tier;
    call->stop_reason = row->stop_reason.len ? row->stop_reason : call->stop_reason;
}

static void join_known(struct joiner *j, bool *joined)
{
    size_t i = 0;
    VEC_EACH (const struct session_row, row, &j->transcripts->rows) {
        struct call *call = find(j, row);
        ptrdiff_t session = session_of(j, row->session);
        joined[i++] = call != NULL;
        if (!call)
            continue;
        complete(call, row);
        if (session >= 0)
            j->known[session] = claude_above(j, call->node);
    }
}

static uint64_t key_of(const struct session_row *row)
{
    uint64_t key = map_mix(str_hash(row->message_id), str_hash(row->request_id));
    return map_mix(map_mix(key, str_hash(row->session)), row->message_id.len ? 0 : (uint64_t)row->at_ns);
}

static void set_process(const struct joiner *j, uint32_t node, struct call *call)
{
    call->node = node;
    if (node == NONE)
        return;
    call->pid = tree_node(j->tree, node)->pid;
    call->video = tree_node(j->tree, node)->video;
}

static struct call call_of(const struct session_row *row)
{
    struct call call = call_none();
    call.source = CALL_TRANSCRIPT;
    call.start_ns = call.last_ns = call.end_ns = row->at_ns;
    call.key = key_of(row);
    call.session = row->session;
    call.message_id = row->message_id;
    call.request_id = row->request_id;
    call.model_used = row->model;
    call.stop_reason = row->stop_reason;
    call.service_tier = row->service_tier;
    call.tokens = row->tokens;
    call.success = !row->is_error;
    call.usage = row->is_error ? USAGE_NONE : row->tokens.output < 0 ? USAGE_PARTIAL : USAGE_COMPLETE;
    if (!row->is_error)
        return call;
    call.http_status = row->http_status;
    call.error_type = row->error_type;
    call.error_message = row->error_message;
    call.retry_after_ns = row->wait_ns;
    call.cut = row->http_status < 0;
    call.usage_reason = row->wait_ns >= 0 ? STR("the call failed and was repeated by the claude program")
                                          : STR("the call failed");
    call.rate_limited = row->http_status == 429 || row->http_status == 529;
    headers_read_cap(&call);
    return call;
}

/* Whether some call of the process passed by: then the errors that the program tells of did, too. */
static bool was_seen(const struct joiner *j, uint32_t claude)
{
    for (size_t i = 0; i < j->seen && claude != NONE; i++)
        if (tree_below(j->tree, VEC_AT(j->calls, struct call, i)->node, claude))
            return true;
    return false;
}

static void add_rest(struct joiner *j, const bool *joined, const uint32_t *node_of)
{
    size_t i = 0;
    VEC_EACH (const struct session_row, row, &j->transcripts->rows) {
        ptrdiff_t session = session_of(j, row->session);
        uint32_t node = session < 0 ? SESSION_OF_OTHERS : node_of[session];
        if (joined[i++] || node == SESSION_OF_OTHERS || (row->is_error && was_seen(j, node)))
            continue;
        struct call *call = VEC_PUSH(j->tree->arena, j->calls, struct call);
        *call = call_of(row);
        set_process(j, node, call);
        if (node == NONE)
            call->usage_reason = STR("ambiguous");
    }
}

void transcript_calls_add(const struct tree *tree, const struct vec *claude_runs,
                          const struct transcripts *transcripts, struct vec *calls)
{
    size_t sessions = transcripts->sessions.count;
    struct joiner j = {tree, claude_runs, transcripts, calls, calls->count, {0}, NULL};
    bool *joined = arena_alloc(tree->arena, transcripts->rows.count + 1);
    j.known = arena_alloc(tree->arena, (sessions + 1) * sizeof *j.known);
    for (size_t i = 0; i < sessions; i++)
        j.known[i] = NONE;
    index_calls(&j);
    join_known(&j, joined);
    add_rest(&j, joined, sessions_assign(tree, claude_runs, transcripts, j.known));
}
