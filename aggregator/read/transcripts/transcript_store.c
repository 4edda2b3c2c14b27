/* One entry a message: rows are the same by (message id, request id), by message id alone where either is a
 * sub-agent's. */
#include "read/transcripts/transcript_store.h"

struct session *transcript_store_session(struct transcript_store *store, struct str id)
{
    uint64_t hash = str_hash(id);
    MAP_EACH (i, &store->session_index, hash) {
        struct session *known = VEC_AT(&store->sessions, struct session, i);
        if (str_equal(known->id, id))
            return known;
    }
    map_add(store->arena, &store->session_index, hash, (uint32_t)store->sessions.count);
    struct session *fresh = VEC_PUSH(store->arena, &store->sessions, struct session);
    *fresh = (struct session){.id = intern_keep(store->arena, &store->strings, id),
                              .first_ns = INT64_MAX,
                              .last_ns = INT64_MIN,
                              .prompt_bytes = -1};
    return fresh;
}

void transcript_store_see(struct transcript_store *store, struct session *session, int64_t at_ns,
                          struct str cwd)
{
    if (cwd.len && (!session->cwd.len || at_ns < session->first_ns))
        session->cwd = intern_keep(store->arena, &store->strings, cwd);
    session->first_ns = at_ns < session->first_ns ? at_ns : session->first_ns;
    session->last_ns = at_ns > session->last_ns ? at_ns : session->last_ns;
}

static int hash_order(const void *a, const void *b)
{
    const struct session_hash *left = a, *right = b;
    return (left->key > right->key) - (left->key < right->key);
}

void transcript_store_hash(struct transcript_store *store, struct session *session, struct session_hash hash)
{
    size_t at = vec_lower(&session->hashes, sizeof hash, &hash, hash_order);
    if (at == session->hashes.count || VEC_AT(&session->hashes, struct session_hash, at)->key != hash.key)
        *(struct session_hash *)vec_insert(store->arena, &session->hashes, sizeof hash, at) = hash;
}

static bool is_same(const struct session_row *a, const struct session_row *b)
{
    if (a->is_error != b->is_error)
        return false;
    if (a->is_error)
        return a->at_ns == b->at_ns && str_equal(a->session, b->session) && a->wait_ns == b->wait_ns;
    return a->message_id.len && str_equal(a->message_id, b->message_id) &&
           (str_equal(a->request_id, b->request_id) || a->sidechain || b->sidechain);
}

static int64_t weight(const struct session_row *row)
{
    const struct tokens *t = &row->tokens;
    return t->input + t->output + t->cache_write_5m + t->cache_write_1h + t->cache_read;
}

/* Answers that are written piece by piece began with the first piece. */
static void unite(struct session_row *known, const struct session_row *row)
{
    int64_t first = known->at_ns < row->at_ns ? known->at_ns : row->at_ns;
    bool later = weight(row) == weight(known) && row->stop_reason.len && !known->stop_reason.len;
    if (weight(row) > weight(known) || later)
        *known = *row;
    known->at_ns = first;
}

static struct session_row copy_of(struct transcript_store *store, const struct session_row *row)
{
    struct session_row copy = *row;
    struct str *const texts[] = {&copy.session,    &copy.message_id,   &copy.request_id,
                                 &copy.model,      &copy.stop_reason,  &copy.service_tier,
                                 &copy.error_type, &copy.error_message};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = intern_keep(store->arena, &store->strings, *texts[i]);
    int64_t *const counts[] = {&copy.tokens.input,          &copy.tokens.output,
                               &copy.tokens.cache_write_5m, &copy.tokens.cache_write_1h,
                               &copy.tokens.cache_read,     &copy.tokens.web_searches,
                               &copy.tokens.web_fetches};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        *counts[i] = call_count(*counts[i]);
    return copy;
}

void transcript_store_row(struct transcript_store *store, const struct session_row *row)
{
    struct session_row copy = copy_of(store, row);
    uint64_t hash =
        copy.is_error ? map_mix(str_hash(copy.session), (uint64_t)copy.at_ns) : str_hash(copy.message_id);
    MAP_EACH (i, &store->message_index, hash) {
        struct session_row *known = VEC_AT(&store->rows, struct session_row, i);
        if (is_same(known, &copy)) {
            unite(known, &copy);
            return;
        }
    }
    map_add(store->arena, &store->message_index, hash, (uint32_t)store->rows.count);
    *VEC_PUSH(store->arena, &store->rows, struct session_row) = copy;
}

void transcript_store_session_copy(struct transcript_store *store, const struct session *from)
{
    struct session *into = transcript_store_session(store, from->id);
    into->host = into->host.len ? into->host : intern_keep(store->arena, &store->strings, from->host);
    transcript_store_see(store, into, from->first_ns, from->cwd);
    transcript_store_see(store, into, from->last_ns, STR(""));
    into->prompt_bytes = from->prompt_bytes >= 0 ? from->prompt_bytes : into->prompt_bytes;
    VEC_EACH (const struct session_hash, hash, &from->hashes)
        transcript_store_hash(store, into, *hash);
}

void transcript_store_merge(struct transcript_store *store, const struct transcripts *other)
{
    VEC_EACH (const struct session, session, &other->sessions)
        transcript_store_session_copy(store, session);
    VEC_EACH (const struct session_row, row, &other->rows)
        transcript_store_row(store, row);
}

static int by_id(const void *a, const void *b)
{
    return str_compare(((const struct session *)a)->id, ((const struct session *)b)->id);
}

static int by_time(const void *a, const void *b)
{
    const struct session_row *left = a, *right = b;
    int order = str_compare(left->session, right->session);
    if (order)
        return order;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    order = str_compare(left->message_id, right->message_id);
    if (order)
        return order;
    order = str_compare(left->request_id, right->request_id);
    return order ? order : (weight(left) > weight(right)) - (weight(left) < weight(right));
}

struct transcripts transcript_store_all(struct transcript_store *store)
{
    struct transcripts all = {vec_copy(store->arena, &store->sessions, sizeof(struct session)),
                              vec_copy(store->arena, &store->rows, sizeof(struct session_row))};
    VEC_SORT(&all.sessions, struct session, by_id);
    VEC_SORT(&all.rows, struct session_row, by_time);
    return all;
}
