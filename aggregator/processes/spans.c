/* Spans of a process are numbered from 1; another image of the same process begins anew. */
#include "processes/spans.h"

#include "model/facts/seals.h"
#include "vl/event.h"

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

static void begin(struct joiner *j, const struct occurrence *occurrence)
{
    const struct fact_span_begin *begun = &occurrence->fact->span_begin;
    const struct node *node = tree_node(j->tree, occurrence->node);
    struct span *span = VEC_PUSH(j->tree->arena, &j->tree->spans, struct span);
    *span = (struct span){.node = occurrence->node,
                          .tid = occurrence->fact->tid,
                          .video = occurrence->video,
                          .parent = find(j, occurrence->node, begun->parent),
                          .task = begun->task,
                          .start_ns = occurrence->at_ns,
                          .end_ns = NO_TIME,
                          .last_ns = node->last_ns > occurrence->at_ns ? node->last_ns : occurrence->at_ns,
                          .how = -1,
                          .function = begun->function,
                          .arguments = begun->arguments};
    uint32_t index = (uint32_t)j->tree->spans.count - 1;
    map_add(j->tree->arena, &j->latest, hash_of(occurrence->node, begun->span), index);
}

static void end(struct joiner *j, const struct occurrence *occurrence)
{
    uint32_t index = find(j, occurrence->node, occurrence->fact->span_end.span);
    if (index == NONE || span_at(j->tree, index)->how >= 0)
        return;
    struct span *span = span_at(j->tree, index);
    span->end_ns = span->last_ns = occurrence->at_ns;
    span->how = (int)(occurrence->fact->span_end.how & 3);
    span->result = occurrence->fact->span_end.result;
}

static void raise_exception(struct joiner *j, const struct occurrence *occurrence)
{
    const struct fact_exception *told = &occurrence->fact->exception;
    struct str line = told->line, text = told->text;
    if (told->how & VL_RAISE_SEALED) {
        uint32_t host = tree_node(j->tree, occurrence->node)->host;
        line = seals_open_message(j->tree->arena, j->tree->seals, host, line);
        if (!seals_open(j->tree->arena, j->tree->seals, host, text, &text))
            text = STR("");
    }
    struct raise *raise = VEC_PUSH(j->tree->arena, &j->tree->raises, struct raise);
    *raise = (struct raise){.at_ns = occurrence->at_ns,
                            .node = occurrence->node,
                            .tid = occurrence->fact->tid,
                            .video = occurrence->video,
                            .span = find(j, occurrence->node, told->span),
                            .how = (int)(told->how & 7),
                            .count = told->count ? told->count : 1,
                            .line = line,
                            .text = str_trim(text)};
}

static void make_note(struct joiner *j, const struct occurrence *occurrence)
{
    const struct event_note_make *told = &occurrence->fact->note_make;
    struct note *note = VEC_PUSH(j->tree->arena, &j->tree->notes, struct note);
    *note = (struct note){.at_ns = occurrence->at_ns,
                          .node = occurrence->node,
                          .tid = occurrence->fact->tid,
                          .video = occurrence->video,
                          .span = find(j, occurrence->node, told->span),
                          .kind = told->name,
                          .data = told->data};
}

void spans_join(struct tree *tree)
{
    struct joiner j = {.tree = tree};
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences) {
        if (occurrence->fact->kind == FACT_SPAN_BEGIN)
            begin(&j, occurrence);
        else if (occurrence->fact->kind == FACT_SPAN_END)
            end(&j, occurrence);
        else if (occurrence->fact->kind == FACT_RAISE)
            raise_exception(&j, occurrence);
        else if (occurrence->fact->kind == FACT_NOTE)
            make_note(&j, occurrence);
    }
}

bool span_below(const struct tree *tree, uint32_t span, uint32_t outer)
{
    while (span != NONE && span != outer)
        span = span_at(tree, span)->parent;
    return span != NONE;
}
