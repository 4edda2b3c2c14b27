/* A writer names the program by its pid; the program itself needs no name. */
#include "llm_calls/prompts.h"

#include "base/map.h"

#define SLACK_NS 100000000LL /* clocks of two processes are lines through readings of their own */

struct finder {
    const struct tree *tree;
    const struct vec *claude_runs;
    struct map by_pid; /* of host and pid to a node */
    struct prompt *prompts;
};

static uint64_t place_of(uint32_t host, uint32_t pid) { return map_mix(host, pid); }

/* The process of that pid at that moment; NONE. */
static uint32_t node_of(const struct finder *f, const struct occurrence *occurrence, uint32_t pid)
{
    uint32_t host = tree_node(f->tree, occurrence->node)->host, found = NONE;
    MAP_EACH (i, &f->by_pid, place_of(host, pid)) {
        const struct node *node = tree_node(f->tree, i);
        bool lived = node->start_ns <= occurrence->at_ns + SLACK_NS &&
                     (!node->ended || node->end_ns >= occurrence->at_ns - SLACK_NS);
        if (node->host == host && node->pid == pid && lived &&
            (found == NONE || node->start_ns > tree_node(f->tree, found)->start_ns))
            found = i;
    }
    return found;
}

static struct prompt *prompt_of(const struct finder *f, uint32_t node)
{
    for (size_t c = 0; node != NONE && c < f->claude_runs->count; c++)
        if (tree_below(f->tree, node, *VEC_AT(f->claude_runs, uint32_t, c)))
            return &f->prompts[c];
    return NULL;
}

/* What is told later holds what was told before. */
static void set_prompt(const struct finder *f, const struct occurrence *occurrence)
{
    const struct event_prompt_seen *told = &occurrence->fact->prompt_seen;
    struct prompt *prompt =
        prompt_of(f, told->child ? node_of(f, occurrence, (uint32_t)told->child) : occurrence->node);
    if (!prompt)
        return;
    bool mixed = prompt->writer != NONE && (prompt->mixed || prompt->writer != occurrence->node);
    *prompt = (struct prompt){told->bytes,      told->key,        told->hash, told->written,
                              prompt->answered, occurrence->node, mixed};
}

static void add_answer(const struct finder *f, const struct occurrence *occurrence)
{
    struct prompt *prompt =
        prompt_of(f, node_of(f, occurrence, (uint32_t)occurrence->fact->answer_read.child));
    if (prompt)
        prompt->answered += occurrence->fact->answer_read.bytes;
}

struct prompt *prompts_find(const struct tree *tree, const struct vec *claude_runs)
{
    struct finder f = {.tree = tree, .claude_runs = claude_runs};
    f.prompts = arena_alloc(tree->arena, (claude_runs->count + 1) * sizeof *f.prompts);
    for (size_t c = 0; c < claude_runs->count; c++)
        f.prompts[c].writer = NONE;
    for (uint32_t n = 0; claude_runs->count && n < tree->nodes.count; n++)
        map_add(tree->arena, &f.by_pid, place_of(tree_node(tree, n)->host, tree_node(tree, n)->pid), n);
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        if (occurrence->fact->kind == FACT_PROMPT)
            set_prompt(&f, occurrence);
        else if (occurrence->fact->kind == FACT_ANSWER)
            add_answer(&f, occurrence);
    return f.prompts;
}

void prompts_note(struct tree *tree, const struct vec *claude_runs)
{
    const struct prompt *prompts = prompts_find(tree, claude_runs);
    for (size_t c = 0; c < claude_runs->count; c++) {
        struct node *node = VEC_AT(&tree->nodes, struct node, *VEC_AT(claude_runs, uint32_t, c));
        node->stdin_bytes = prompts[c].mixed ? node->stdin_bytes : prompts[c].written;
        node->stdout_bytes = prompts[c].answered;
    }
}
