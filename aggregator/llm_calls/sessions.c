/* Which run of the claude program wrote which session: all runs of a user share one folder. */
#include "llm_calls/observed_calls.h"
#include "llm_calls/prompts.h"

#define SLACK_NS                                                                                             \
    100000000LL /* rows tell milliseconds, and a recording's clock is a line through readings                \
                 */

struct match {
    const struct tree *tree;
    const struct vec *claude_runs; /* of uint32_t */
    const struct transcripts *transcripts;
    const struct prompt *prompts; /* by claude */
    uint32_t *node_of;            /* by session: the answer so far */
    bool *open;                   /* by session: more than one may be left */
    bool *may;                    /* by session and claude: nothing speaks against it */
    bool *sure;                   /* the same: the prompt's hash says so */
};

static bool *cell(bool *table, const struct match *m, size_t session, size_t claude)
{
    return &table[session * m->claude_runs->count + claude];
}

static uint32_t claude_at(const struct match *m, size_t i) { return *VEC_AT(m->claude_runs, uint32_t, i); }

static const struct session *session_at(const struct match *m, size_t i)
{
    return VEC_AT(&m->transcripts->sessions, struct session, i);
}

static bool fits_lifetime(const struct match *m, const struct session *session, uint32_t index)
{
    const struct node *node = tree_node(m->tree, index);
    struct str host = VEC_AT(&m->tree->facts->hosts, struct host, node->host)->name;
    struct str folder = tree_folder(m->tree, index);
    return (!session->host.len || str_equal(host, session->host)) &&
           (!folder.len || !session->cwd.len || str_equal(folder, session->cwd)) &&
           session->first_ns >= node->start_ns - SLACK_NS &&
           (node->alive ||
            session->last_ns <= (node->ended ? node->end_ns : INT64_MAX - SLACK_NS) + SLACK_NS);
}

enum prompt_match { PROMPT_UNKNOWN, PROMPT_OTHER, PROMPT_SAME_LENGTH, PROMPT_SAME };

/* Words on the command line go before what is read: then the two differ. */
static bool has_words(const struct match *m, uint32_t index)
{
    const struct node *node = tree_node(m->tree, index);
    VEC_EACH (const struct invocation, invocation, &node->commands) {
        struct str rest = invocation->args, word;
        while (str_next(&rest, ' ', &word))
            if (word.len > 2 && word.ptr[0] == '<' && word.ptr[word.len - 1] == '>')
                return true;
    }
    return false;
}

/* What was written to the program's standard input, held against the first message of the session. */
static enum prompt_match compare(const struct match *m, const struct session *session, size_t claude)
{
    const struct prompt *seen = &m->prompts[claude];
    if (session->prompt_bytes < 0 || seen->writer == NONE || seen->mixed)
        return PROMPT_UNKNOWN;
    enum prompt_match other = has_words(m, claude_at(m, claude)) ? PROMPT_UNKNOWN : PROMPT_OTHER;
    if ((int64_t)seen->bytes != session->prompt_bytes)
        return other;
    VEC_EACH (const struct session_hash, hash, &session->hashes)
        if (hash->key == seen->key && seen->hash)
            return hash->hash == seen->hash ? PROMPT_SAME : other;
    return PROMPT_SAME_LENGTH;
}

static void find_candidates(struct match *m)
{
    for (size_t s = 0; s < m->transcripts->sessions.count; s++)
        for (size_t c = 0; c < m->claude_runs->count; c++) {
            const struct session *session = session_at(m, s);
            enum prompt_match prompt = PROMPT_OTHER;
            if (fits_lifetime(m, session, claude_at(m, c)))
                prompt = compare(m, session, c);
            *cell(m->may, m, s, c) = prompt != PROMPT_OTHER;
            *cell(m->sure, m, s, c) = prompt == PROMPT_SAME;
        }
}

/* The only one left; NONE when there are more or none. *count: how many. */
static size_t only(const struct match *m, bool *table, size_t session, size_t *count)
{
    size_t found = SIZE_MAX;
    *count = 0;
    for (size_t c = 0; c < m->claude_runs->count; c++)
        if (*cell(table, m, session, c)) {
            found = c;
            ++*count;
        }
    return *count == 1 ? found : SIZE_MAX;
}

static void give(struct match *m, size_t session, size_t claude)
{
    m->node_of[session] = claude_at(m, claude);
    m->open[session] = false;
    for (size_t s = 0; s < m->transcripts->sessions.count; s++)
        *cell(m->may, m, s, claude) = *cell(m->sure, m, s, claude) = false;
}

/* Sessions that can only be of one process, which can only have one of them; returns how many were given. */
static size_t give_certain(struct match *m, bool *table)
{
    size_t sessions = m->transcripts->sessions.count, given = 0, count;
    size_t *wish = arena_alloc(m->tree->arena, (sessions + 1) * sizeof *wish);
    size_t *wishes = arena_alloc(m->tree->arena, (m->claude_runs->count + 1) * sizeof *wishes);
    for (size_t s = 0; s < sessions; s++) {
        wish[s] = m->open[s] ? only(m, table, s, &count) : SIZE_MAX;
        if (wish[s] != SIZE_MAX)
            wishes[wish[s]]++;
    }
    for (size_t s = 0; s < sessions; s++)
        if (wish[s] != SIZE_MAX && wishes[wish[s]] == 1) {
            give(m, s, wish[s]);
            given++;
        }
    return given;
}

/* What other information settles comes first, then hashes, then what is left. */
static void settle(struct match *m, const uint32_t *known)
{
    size_t count;
    for (size_t s = 0; s < m->transcripts->sessions.count; s++) {
        only(m, m->may, s, &count);
        m->open[s] = count > 0;
        m->node_of[s] = count ? NONE : SESSION_OF_OTHERS;
    }
    for (size_t s = 0; s < m->transcripts->sessions.count; s++)
        for (size_t c = 0; c < m->claude_runs->count; c++)
            if (known[s] == claude_at(m, c))
                give(m, s, c);
    while (give_certain(m, m->sure) || give_certain(m, m->may))
        ;
}

uint32_t *sessions_assign(const struct tree *tree, const struct vec *claude_runs,
                          const struct transcripts *transcripts, const uint32_t *known)
{
    size_t sessions = transcripts->sessions.count, cells = sessions * claude_runs->count + 1;
    struct match m = {.tree = tree,
                      .claude_runs = claude_runs,
                      .transcripts = transcripts,
                      .prompts = prompts_find(tree, claude_runs),
                      .node_of = arena_alloc(tree->arena, (sessions + 1) * sizeof(uint32_t)),
                      .open = arena_alloc(tree->arena, sessions + 1),
                      .may = arena_alloc(tree->arena, cells),
                      .sure = arena_alloc(tree->arena, cells)};
    find_candidates(&m);
    settle(&m, known);
    return m.node_of;
}
