/* Spans of a process are numbered from 1; another image of the same process begins anew. */
#include "processes/spans.h"

struct joiner {
    struct tree *tree;
    struct map latest; /* (node, number) -> index of the span; the highest index is the latest */
};

static uint64_t hash_of(uint32_t node, uint64_t number) { return map_mix(map_mix(0, node), number); }

static struct span *span_at(const struct tree *tree, uint32_t index)
{
    return VEC_AT(&tree->spans, struct span, index);
}

/* The last one of that number that began in the process; NONE. */
static uint32_t find(const struct joiner *j, uint32_t node, uint64_t number)
{
    uint32_t found = NONE;
    MAP_EACH (i, &j->latest, hash_of(node, number))
        if (span_at(j->tree, i)->node == node && (found == NONE || i > found))
            found = i;
    return number ? found : NONE;
}

static void begin(struct joiner *j, const struct deed *deed)
{
    const struct fact_span_begin *begun = &deed->fact->span_begin;
    const struct node *node = tree_node(j->tree, deed->node);
    struct span *span = VEC_PUSH(j->tree->arena, &j->tree->spans, struct span);
    *span = (struct span){.node = deed->node,
                          .tid = deed->fact->tid,
                          .film = deed->film,
                          .parent = find(j, deed->node, begun->parent),
                          .task = begun->task,
                          .start_ns = deed->at_ns,
                          .end_ns = NO_TIME,
                          .last_ns = node->last_ns > deed->at_ns ? node->last_ns : deed->at_ns,
                          .how = -1,
                          .function = begun->function,
                          .arguments = begun->arguments};
    uint32_t index = (uint32_t)j->tree->spans.count - 1;
    map_add(j->tree->arena, &j->latest, hash_of(deed->node, begun->span), index);
}

static void end(struct joiner *j, const struct deed *deed)
{
    uint32_t index = find(j, deed->node, deed->fact->span_end.span);
    if (index == NONE || span_at(j->tree, index)->how >= 0)
        return;
    struct span *span = span_at(j->tree, index);
    span->end_ns = span->last_ns = deed->at_ns;
    span->how = (int)(deed->fact->span_end.how & 3);
    span->result = deed->fact->span_end.result;
}

static void raise_exception(struct joiner *j, const struct deed *deed)
{
    const struct fact_exception *told = &deed->fact->exception;
    struct raise *raise = VEC_PUSH(j->tree->arena, &j->tree->raises, struct raise);
    *raise = (struct raise){.at_ns = deed->at_ns,
                            .node = deed->node,
                            .tid = deed->fact->tid,
                            .film = deed->film,
                            .span = find(j, deed->node, told->span),
                            .how = (int)(told->how & 7),
                            .count = told->count ? told->count : 1,
                            .line = told->line,
                            .text = str_trim(told->text)};
}

static void make_note(struct joiner *j, const struct deed *deed)
{
    const struct event_note_make *told = &deed->fact->note_make;
    struct note *note = VEC_PUSH(j->tree->arena, &j->tree->notes, struct note);
    *note = (struct note){.at_ns = deed->at_ns,
                          .node = deed->node,
                          .tid = deed->fact->tid,
                          .film = deed->film,
                          .span = find(j, deed->node, told->span),
                          .kind = told->name,
                          .data = told->data};
}

void spans_join(struct tree *tree)
{
    struct joiner j = {.tree = tree};
    VEC_EACH (const struct deed, deed, &tree->deeds) {
        if (deed->fact->kind == FACT_SPAN_BEGIN)
            begin(&j, deed);
        else if (deed->fact->kind == FACT_SPAN_END)
            end(&j, deed);
        else if (deed->fact->kind == FACT_RAISE)
            raise_exception(&j, deed);
        else if (deed->fact->kind == FACT_NOTE)
            make_note(&j, deed);
    }
}

bool span_below(const struct tree *tree, uint32_t span, uint32_t outer)
{
    while (span != NONE && span != outer)
        span = span_at(tree, span)->parent;
    return span != NONE;
}
