/* Spans and notes through the rules; which video each span is about follows from what it was given. */
#include "rules/matcher.h"

#include "rules/reported_values.h"
#include "rules/values.h"

#include "vl/event.h"

#include <stdlib.h>

static bool name_matches(struct matcher *m, const struct rule *rule, struct str name, struct vec *values)
{
    VEC_EACH (const regex_ref, regex, &rule->functions)
        if (regex_capture(*regex, name, m->arena, values))
            return true;
    return rule->functions.count == 0;
}

/* Each expression against its value; a value that is not there is an empty one. */
static bool finds_match(struct matcher *m, const struct rule *rule, struct vec *values)
{
    VEC_EACH (const struct rule_find, find, &rule->finds)
        if (!regex_capture(find->regex, values_find(values, find->value), m->arena, values))
            return false;
    return true;
}

static bool ended_so(const struct rule *rule, int how)
{
    if (rule->ended == RULE_ENDED_ANY)
        return true;
    return how >= 0 && (rule->ended == RULE_ENDED_RETURNED) == (how == VL_SPAN_RETURN);
}

static int64_t number_in(struct arena *arena, struct str text)
{
    char *end = NULL;
    const char *digits = str_c(arena, text);
    long long number = strtoll(digits, &end, 10);
    return end == digits || *end || number < 0 ? -1 : number;
}

/* Seconds, as a script says them, to nanoseconds; 0: not said. */
static int64_t duration_in(struct arena *arena, struct str text)
{
    double seconds = strtod(str_c(arena, text), NULL);
    return seconds > 0 && seconds < 1e9 ? (int64_t)(seconds * 1e9) : 0;
}

static void judge(struct signal *signal, enum reported_outcome reported)
{
    signal->timed_out = reported == REPORTED_TIMEOUT;
    signal->skipped = reported == REPORTED_SKIPPED;
    if (signal->success < 0 && reported != REPORTED_NOTHING)
        signal->success = reported == REPORTED_SUCCESS || reported == REPORTED_SKIPPED;
    if (signal->success < 0 && signal->errors.count)
        signal->success = 0;
}

/* What templates of spans and notes alone add. */
static void complete(struct matcher *m, const struct rule *rule, const struct vec *values,
                     struct signal *signal)
{
    signal->message = reported_message(m->arena, signal->message);
    signal->errors = reported_list(m->arena, values_expand(m->arena, rule->errors, values));
    signal->fixes = reported_list(m->arena, values_expand(m->arena, rule->fixes, values));
    signal->exit_status = number_in(m->arena, values_expand(m->arena, rule->exit, values));
    if (rule->result.len)
        signal->result = reported_object(m->arena, values_expand(m->arena, rule->result, values));
    judge(signal, reported_outcome(values_expand(m->arena, rule->success_word, values)));
    if (!signal->message.len && signal->errors.count)
        signal->message = *VEC_AT(&signal->errors, struct str, 0);
}

/* A check that returned without a word of errors went well. */
static void settle_span(const struct span *span, const struct rule *rule, struct signal *signal)
{
    signal->ended = span->how;
    if (span->how == VL_SPAN_RAISE || span->how == VL_SPAN_CANCEL)
        signal->success = 0;
    if (span->how != VL_SPAN_RETURN)
        return;
    if (!signal->result.len && !signal->whole_run)
        signal->result = span->result;
    if (signal->success < 0 && rule->errors.len && !rule->success_word.len)
        signal->success = 1;
}

static void add_span(struct matcher *m, uint32_t index, const struct rule *rule, struct vec *values)
{
    const struct span *span = VEC_AT(&m->tree->spans, struct span, index);
    struct observation observation = {.at_ns = span->start_ns,
                                      .end_ns = span->end_ns,
                                      .node = span->node,
                                      .tid = span->tid,
                                      .video = span->video,
                                      .success = -1};
    struct signal *signal = matcher_add(m, rule, &observation, values);
    signal->span = index;
    if (span->how >= 0)
        complete(m, rule, values, signal);
    settle_span(span, rule, signal);
}

static void add_values(struct matcher *m, struct str arguments, struct str result, struct vec *values)
{
    reported_values(m->arena, arguments, "", values);
    reported_values(m->arena, result, "result.", values);
    *VEC_PUSH(m->arena, values, struct value) = (struct value){STR("result"), result};
    *VEC_PUSH(m->arena, values, struct value) = (struct value){STR("arguments"), arguments};
}

/* Whether a rule of that subject holds; the values are those of its templates then. */
static bool holds(struct matcher *m, const struct rule *rule, enum rule_subject on, struct str name,
                  struct str arguments, struct str result, struct vec *values)
{
    if (rule->on != on || !name_matches(m, rule, name, values))
        return false;
    add_values(m, arguments, result, values);
    return finds_match(m, rule, values);
}

/* The video that a span was given; what is around it names the one of those that name none. */
static void name_span(const struct tree *tree, struct span *span, struct str name)
{
    uint32_t video = match_video_called(tree, name, span->video);
    if (!name.len || video == NONE)
        return;
    span->video = video;
    span->names_video = true;
}

static void inherit(const struct tree *tree, struct span *span)
{
    const struct span *around = span->parent == NONE ? NULL : VEC_AT(&tree->spans, struct span, span->parent);
    if (!around || !around->names_video)
        return;
    span->video = around->video;
    span->names_video = true;
}

static void match_span(struct matcher *m, struct tree *tree, uint32_t index)
{
    struct span *span = VEC_AT(&tree->spans, struct span, index);
    inherit(tree, span);
    VEC_EACH (const struct rule, rule, &m->rules->rules) {
        struct vec values = {0};
        if (!ended_so(rule, span->how) ||
            !holds(m, rule, RULE_ON_SPAN, span->function, span->arguments, span->result, &values))
            continue;
        name_span(tree, span, values_expand(m->arena, rule->video, &values));
        if (rule->means != SIGNAL_VIDEO)
            add_span(m, index, rule, &values);
        if (!rule->also)
            return;
    }
}

static void add_note(struct matcher *m, const struct note *note, const struct rule *rule, struct vec *values)
{
    int64_t took = duration_in(m->arena, values_expand(m->arena, rule->took, values));
    struct observation observation = {.at_ns = note->at_ns - took,
                                      .end_ns = note->at_ns,
                                      .node = note->node,
                                      .tid = note->tid,
                                      .video = note->video,
                                      .success = -1};
    struct signal *signal = matcher_add(m, rule, &observation, values);
    signal->from_note = true;
    signal->reported_at = values_expand(m->arena, rule->when, values);
    signal->category = values_expand(m->arena, rule->category, values);
    signal->ended = VL_SPAN_RETURN;
    complete(m, rule, values, signal);
}

static void match_note(struct matcher *m, const struct note *note)
{
    VEC_EACH (const struct rule, rule, &m->rules->rules) {
        struct vec values = {0};
        if (!holds(m, rule, RULE_ON_NOTE, note->kind, note->data, STR(""), &values))
            continue;
        add_note(m, note, rule, &values);
        if (!rule->also)
            return;
    }
}

static uint32_t video_of(const struct tree *tree, uint32_t span, uint32_t otherwise)
{
    const struct span *around = span == NONE ? NULL : VEC_AT(&tree->spans, struct span, span);
    return around && around->names_video ? around->video : otherwise;
}

void match_spans(struct matcher *m, struct tree *tree)
{
    for (uint32_t i = 0; i < tree->spans.count; i++)
        match_span(m, tree, i);
    VEC_EACH (struct raise, raise, &tree->raises)
        raise->video = video_of(tree, raise->span, raise->video);
    VEC_EACH (struct note, note, &tree->notes) {
        note->video = video_of(tree, note->span, note->video);
        match_note(m, note);
    }
}
