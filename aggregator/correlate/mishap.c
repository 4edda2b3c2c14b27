/* Collects the words of failures. */
#include "correlate/mishap.h"

#include "correlate/crash.h"
#include "correlate/ending.h"
#include "correlate/foreign.h"
#include "correlate/lines.h"
#include "correlate/richlog.h"
#include "correlate/trace.h"
#include "correlate/window.h"

#include "vl/event.h"

#include <signal.h>

#define SHELL_SIGNAL  128 /* + signal: a shell's status when its child died of it */
#define OTHERS_MAX    200 /* lines looked through for a known error */
#define ECHO_TEXT_MIN 8   /* shorter texts say too little to be told from chance */

static struct mishap *add(struct teller *t, int64_t at_ns, struct str stage, struct str scene)
{
    struct mishap *mishap = VEC_PUSH(t->arena, &t->story->mishaps, struct mishap);
    *mishap = (struct mishap){.stage = stage,
                              .scene = scene,
                              .at_ns = at_ns,
                              .echo_of = NONE,
                              .node = NONE,
                              .fixable = -1,
                              .auto_recoverable = -1};
    return mishap;
}

static uint32_t last_index(const struct teller *t) { return (uint32_t)t->story->mishaps.count - 1; }

static int latest_first(const void *a, const void *b)
{
    const struct line *left = *(const struct line *const *)a, *right = *(const struct line *const *)b;
    if (left->at_ns != right->at_ns)
        return left->at_ns > right->at_ns ? -1 : 1;
    if (left->node != right->node)
        return left->node < right->node ? -1 : 1;
    if (left->stream != right->stream)
        return left->stream > right->stream ? -1 : 1;
    return left->order > right->order ? -1 : left->order < right->order;
}

typedef const struct line *line_ref;

static void take_last(const struct vec *traces, struct trace *trace)
{
    VEC_EACH (const struct trace, one, traces)
        if (!trace->chain.count || one->at_ns >= trace->at_ns)
            *trace = *one;
}

/* The lines of a process and of what it started; its last traceback goes to *trace, or else what other
 * programs print of their failures. */
static struct vec gather(const struct teller *t, uint32_t top, struct trace *trace)
{
    struct vec lines = {0};
    struct trace foreign = {0};
    for (uint32_t n = top; n != NONE; n = tree_next(t->tree, n, top)) {
        struct line_run run = lines_of(t->tree, n);
        for (size_t i = 0; i < run.count; i++)
            if (str_trim(run.first[i].text).len)
                *VEC_PUSH(t->arena, &lines, line_ref) = &run.first[i];
        struct vec logged = richlog_find(t->arena, run.first, run.count);
        VEC_EACH (line_ref, line, &logged)
            *VEC_PUSH(t->arena, &lines, line_ref) = *line;
        struct vec traces = trace_find(t->arena, run.first, run.count);
        take_last(&traces, trace);
        struct vec others = foreign_find(t->arena, run.first, run.count);
        if (others.count && (!foreign.chain.count || /* the first of one output: compilers go on after it */
                             VEC_LAST(&others, struct trace)->at_ns >= foreign.at_ns))
            foreign = *VEC_AT(&others, struct trace, 0);
    }
    if (!trace->chain.count)
        *trace = foreign;
    vec_sort(&lines, sizeof(line_ref), latest_first);
    return lines;
}

/* errno of the last connection that the process tried; 0 if that was fine. */
static int connect_error(const struct teller *t, uint32_t node)
{
    int error = 0;
    VEC_EACH (const struct deed, deed, &t->tree->deeds)
        if (deed->fact->kind == FACT_CONNECT && deed->node == node)
            error = (int)deed->fact->n[2];
    return error;
}

/* A shell tells by its status that its child died of a signal: that child; else the process itself. */
static uint32_t victim_of(const struct teller *t, uint32_t top)
{
    int status = tree_node(t->tree, top)->exit_status;
    uint32_t victim = top;
    for (uint32_t n = top; n != NONE && status > SHELL_SIGNAL; n = tree_next(t->tree, n, top))
        if (tree_node(t->tree, n)->signal == status - SHELL_SIGNAL)
            victim = n;
    return victim;
}

static void weigh(const struct teller *t, const struct signal *signal, struct mishap *mishap)
{
    const struct node *node = tree_node(t->tree, signal->node);
    uint32_t victim = victim_of(t, signal->node);
    node = tree_node(t->tree, victim);
    mishap->evidence = (struct evidence){.killed_by_parent = ending_is_timeout(t->tree, victim),
                                         .killer_seen = node->killed_by != NONE,
                                         .failed_without_text = true,
                                         .signal = node->signal,
                                         .peak_kb = node->peak_kb};
    if (signal->kind == SIGNAL_FIX)
        mishap->evidence.connect_error = connect_error(t, signal->node);
}

/* A crash is evidence where it is what the process ended of. */
static void weigh_crash(const struct teller *t, uint32_t index, struct mishap *mishap)
{
    const struct node *node = tree_node(t->tree, index);
    const struct crash *crash = crash_below(t->tree, index);
    if (!crash)
        return;
    if (crash->node == index || node->exit_status == SHELL_SIGNAL + crash->signal)
        mishap->evidence.signal = crash->signal;
    struct str text = crash_text(t->arena, crash);
    mishap->trace = mishap->trace.len
                        ? str_format(t->arena, STR_FMT "\n\n" STR_FMT, STR_ARG(mishap->trace), STR_ARG(text))
                        : text;
}

static struct str program_of(const struct node *node)
{
    return node->commands.count ? VEC_LAST(&node->commands, struct invocation)->program : STR("process");
}

static struct str describe_end(const struct teller *t, const struct node *node, const struct mishap *mishap)
{
    struct str program = program_of(node);
    double seconds = (double)(node->end_ns - node->start_ns) / 1e9;
    if (!node->ended)
        return str_format(t->arena, STR_FMT ": the recording ends before it did", STR_ARG(program));
    if (mishap->evidence.killed_by_parent)
        return str_format(t->arena, STR_FMT " was killed by its parent after %.1f seconds", STR_ARG(program),
                          seconds);
    if (node->signal)
        return str_format(t->arena, STR_FMT " was ended by signal %d", STR_ARG(program), node->signal);
    if (mishap->evidence.signal)
        return str_format(t->arena, STR_FMT " got signal %d and ended with exit status %d", STR_ARG(program),
                          mishap->evidence.signal, node->exit_status);
    return str_format(t->arena, STR_FMT " ended with exit status %d", STR_ARG(program), node->exit_status);
}

static bool repeats(struct str text, struct str known)
{
    known = str_trim(known);
    if (known.len < ECHO_TEXT_MIN || text.len < ECHO_TEXT_MIN)
        return false;
    return str_find(text, known) >= 0 || str_find(known, text) >= 0;
}

static bool says(const struct mishap *mishap, struct str text)
{
    VEC_EACH (const struct str, line, &mishap->chain)
        if (repeats(text, *line))
            return true;
    VEC_EACH (const struct str, line, &mishap->others)
        if (repeats(text, *line))
            return true;
    return false;
}

/* As if somebody had printed it. */
static struct vec lines_of_text(struct arena *arena, struct str text)
{
    struct vec lines = {0};
    struct str part;
    text = str_trim(text);
    while (text.len && str_next(&text, '\n', &part))
        *VEC_PUSH(arena, &lines, struct line) = (struct line){.stream = 2, .text = part};
    return lines;
}

static void take_raise(struct teller *t, const struct raise *raise, struct mishap *mishap)
{
    struct vec lines = lines_of_text(t->arena, raise->text);
    struct vec traces = trace_find(t->arena, lines.items, lines.count);
    const struct trace *last = traces.count ? VEC_LAST(&traces, struct trace) : NULL;
    mishap->raise = raise;
    mishap->chain = (struct vec){0};
    if (last)
        mishap->chain = last->chain;
    else
        *VEC_PUSH(t->arena, &mishap->chain, struct str) = raise->line;
    mishap->trace = raise->text;
    mishap->fallback = raise->line;
    mishap->count = raise->count;
}

static struct str type_of(struct str line)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    return colon ? str_slice(line, 0, (size_t)(colon - line.ptr)) : line;
}

/* What was printed of the same exception has the lines of code, a group's members, and messages that only the
 * program's own code can make. */
static bool printed_whole(const struct mishap *mishap, const struct raise *raise)
{
    return mishap->traced && str_equal(type_of(*VEC_LAST(&mishap->chain, struct str)), type_of(raise->line));
}

/* The exception that ended a process or one below it; else its own word is better than its output. */
static void raised_below(struct teller *t, uint32_t top, struct mishap *mishap)
{
    const struct raise *last = NULL;
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        if (raise->how == VL_RAISE_UNCAUGHT && tree_below(t->tree, raise->node, top))
            last = raise;
    if (last && printed_whole(mishap, last)) {
        mishap->raise = last;
        mishap->count = last->count;
    } else if (last) {
        take_raise(t, last, mishap);
    }
}

/* The exception by which a call ended; NULL: it returned, or none was recorded. */
static const struct raise *raise_of_call(const struct teller *t, const struct signal *signal)
{
    const struct raise *found = NULL;
    if (signal->span == NONE || signal->ended != VL_SPAN_RAISE)
        return NULL;
    const struct span *span = VEC_AT(&t->tree->spans, struct span, signal->span);
    VEC_EACH (const struct raise, raise, &t->tree->raises) {
        bool own = raise->node == span->node && raise->tid == span->tid && raise->at_ns >= span->start_ns;
        if (own && (raise->at_ns <= span->end_ns || (!found && raise->how == VL_RAISE_UNCAUGHT)))
            found = raise;
    }
    return found;
}

/* What the program caught, and then returned or printed as text, has a traceback. */
static void borrow_trace(struct teller *t, const struct signal *signal, struct mishap *mishap)
{
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        if (raise->node == signal->node && raise->tid == signal->tid && raise->at_ns <= mishap->at_ns &&
            raise->film == t->film && raise->text.len && says(mishap, raise->line))
            mishap->trace = raise->text;
}

uint32_t mishap_of_process(struct teller *t, const struct signal *signal, struct str stage, struct str scene)
{
    const struct node *node = tree_node(t->tree, signal->node);
    struct mishap *mishap = add(t, node->ended ? node->end_ns : node->last_ns, stage, scene);
    struct trace trace = {0};
    struct vec lines = gather(t, signal->node, &trace);
    weigh(t, signal, mishap);
    mishap->node = signal->node;
    mishap->rule = signal->rule;
    mishap->chain = trace.chain;
    mishap->trace = trace.text;
    mishap->traced = trace.chain.count > 0;
    raised_below(t, signal->node, mishap);
    weigh_crash(t, signal->node, mishap);
    for (size_t i = 0; i < lines.count && i < OTHERS_MAX; i++)
        *VEC_PUSH(t->arena, &mishap->others, struct str) = (*VEC_AT(&lines, line_ref, i))->text;
    mishap->fallback = describe_end(t, node, mishap);
    return last_index(t);
}

/* Text as a function returned it: often a whole output. */
static void take_text(struct teller *t, struct str text, struct mishap *mishap)
{
    struct vec lines = lines_of_text(t->arena, text);
    struct vec traces = trace_find(t->arena, lines.items, lines.count);
    if (!traces.count)
        traces = foreign_find(t->arena, lines.items, lines.count);
    if (traces.count && !mishap->chain.count) {
        const struct trace *last = VEC_LAST(&traces, struct trace);
        mishap->chain = last->chain;
        mishap->trace = last->text;
    }
    for (size_t i = lines.count; i-- > 0 && mishap->others.count < OTHERS_MAX;) {
        struct str line = str_trim(VEC_AT(&lines, struct line, i)->text);
        if (!line.len)
            continue;
        *VEC_PUSH(t->arena, &mishap->others, struct str) = line;
        if (!mishap->fallback.len)
            mishap->fallback = line;
    }
}

/* A program that says that a check or a stage failed says it after what failed: as long may lie between. */
#define LATE_NS 60000000000

static bool may_mean(const struct signal *signal, const struct mishap *mishap)
{
    bool looks_back =
        signal->from_note && signal->kind != SIGNAL_ATTEMPT && !str_equal(mishap->rule, signal->rule);
    int64_t from = signal->at_ns - (looks_back ? LATE_NS : 0);
    return mishap->at_ns >= from && (signal->end_ns == NO_TIME || mishap->at_ns <= signal->end_ns);
}

/* A failure within the call that says the same; NONE. */
static uint32_t passed_on(const struct teller *t, const struct signal *signal, struct str stage,
                          struct str scene, struct str line)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < t->story->mishaps.count; i++) {
        const struct mishap *mishap = VEC_AT(&t->story->mishaps, struct mishap, i);
        if (may_mean(signal, mishap) && str_equal(mishap->stage, stage) &&
            (!scene.len || !mishap->scene.len || str_equal(scene, mishap->scene)) && says(mishap, line))
            found = i;
    }
    return found;
}

static struct str name_of_call(const struct teller *t, const struct signal *signal)
{
    return signal->span == NONE ? signal->rule : VEC_AT(&t->tree->spans, struct span, signal->span)->function;
}

uint32_t mishap_of_call(struct teller *t, const struct signal *signal, struct str stage, struct str scene)
{
    const struct raise *raise = raise_of_call(t, signal);
    struct str text = raise ? raise->line : signal->message;
    struct vec lines = lines_of_text(t->arena, text);
    struct str last = lines.count ? VEC_LAST(&lines, struct line)->text : STR("");
    uint32_t known = passed_on(t, signal, stage, scene, last);
    if (known != NONE)
        return known;
    struct mishap *mishap = add(t, signal->end_ns == NO_TIME ? signal->at_ns : signal->end_ns, stage, scene);
    mishap->node = signal->node;
    mishap->rule = signal->rule;
    mishap->said_category = signal->category;
    if (raise)
        take_raise(t, raise, mishap);
    take_text(t, signal->message, mishap);
    VEC_EACH (const struct str, error, &signal->errors)
        take_text(t, *error, mishap);
    if (!mishap->trace.len)
        borrow_trace(t, signal, mishap);
    if (!mishap->fallback.len)
        mishap->fallback = str_format(t->arena, STR_FMT " failed", STR_ARG(name_of_call(t, signal)));
    mishap->evidence.failed_without_text = true;
    return last_index(t);
}

uint32_t mishap_of_text(struct teller *t, int64_t at_ns, struct str stage, struct str scene, struct str text)
{
    struct mishap *mishap = add(t, at_ns, stage, scene);
    *VEC_PUSH(t->arena, &mishap->others, struct str) = text;
    mishap->fallback = text;
    return last_index(t);
}

/* Whether a failure of the same stage already said this. */
static bool is_said(const struct teller *t, struct str stage, struct str scene, struct str text)
{
    VEC_EACH (const struct mishap, mishap, &t->story->mishaps) {
        bool other_scene = scene.len && mishap->scene.len && !str_equal(scene, mishap->scene);
        if (str_equal(mishap->stage, stage) && !other_scene && says(mishap, text))
            return true;
    }
    return false;
}

static struct str stage_at(const struct teller *t, const struct signal *signal)
{
    if (signal->stage.len)
        return signal->stage;
    const struct window *window = window_at(t, teller_root(t, signal->node), signal->at_ns);
    return window ? window->stage : STR("");
}

/* The failed try that a line may be about: of its scene, or the last one that its printer saw end. */
static uint32_t subject_of(const struct teller *t, const struct signal *signal, struct str stage)
{
    uint32_t found = NONE;
    VEC_EACH (const struct try, one, &t->story->tries) {
        if (one->mishap == NONE || !str_equal(one->stage, stage))
            continue;
        bool by_scene = signal->scene.len && str_equal(one->scene, signal->scene);
        bool before = one->end_ns != NO_TIME && one->end_ns <= signal->at_ns;
        if (before && (by_scene || !signal->scene.len))
            found = one->mishap;
    }
    return found;
}

static int64_t told_at(const struct teller *t, size_t index, struct str stage)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    const struct window *window = window_of(t, teller_root(t, signal->node), stage);
    return signal->untimely && window && window->end_ns < signal->at_ns ? window->end_ns : signal->at_ns;
}

static void add_fault(struct teller *t, size_t index)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    struct str stage = stage_at(t, signal);
    if (!signal->message.len || is_said(t, stage, signal->scene, signal->message))
        return;
    uint32_t subject = subject_of(t, signal, stage);
    uint32_t fresh = mishap_of_text(t, told_at(t, index, stage), stage, signal->scene, signal->message);
    struct mishap *mishap = VEC_AT(&t->story->mishaps, struct mishap, fresh);
    mishap->echo_of = subject;
    mishap->node = signal->node;
    mishap->rule = signal->rule;
    borrow_trace(t, signal, mishap);
}

/* The first failure that says the same and that neither kind of telling is used up for: an exception that
 * the interpreter told of and the traceback in its output are one, but each of them twice are two. */
static struct mishap *untold(struct teller *t, struct str stage, struct str text, bool by_interpreter)
{
    VEC_EACH (struct mishap, mishap, &t->story->mishaps)
        if (!(by_interpreter ? mishap->raise != NULL : mishap->traced) && str_equal(mishap->stage, stage) &&
            says(mishap, text))
            return mishap;
    return NULL;
}

/* What ended a program, or went to a log with its traceback. What it handled is no failure by itself. */
static void add_raise(struct teller *t, const struct raise *raise)
{
    if ((raise->how != VL_RAISE_UNCAUGHT && raise->how != VL_RAISE_LOGGED) || raise->film != t->film ||
        t->worker[raise->node])
        return;
    const struct window *window = window_at(t, teller_root(t, raise->node), raise->at_ns);
    struct str stage = window ? window->stage : STR("");
    VEC_EACH (const struct mishap, known, &t->story->mishaps)
        if (known->raise == raise)
            return;
    struct mishap *mishap = untold(t, stage, raise->line, true);
    if (mishap) {
        mishap->raise = raise;
        if (!mishap->trace.len)
            mishap->trace = raise->text;
        return;
    }
    mishap = add(t, raise->at_ns, stage, STR(""));
    mishap->node = raise->node;
    take_raise(t, raise, mishap);
}

static void add_trace(struct teller *t, uint32_t node, const struct trace *trace)
{
    const struct window *window = window_at(t, teller_root(t, node), trace->at_ns);
    struct str stage = window ? window->stage : STR("");
    struct mishap *known = untold(t, stage, trace_message(trace), false);
    if (known) {
        known->traced = true;
        return;
    }
    struct mishap *mishap = add(t, trace->at_ns, stage, STR(""));
    mishap->node = node;
    mishap->traced = true;
    mishap->chain = trace->chain;
    mishap->trace = trace->text;
    mishap->fallback = trace_message(trace);
}

static void add_traces(struct teller *t, uint32_t node)
{
    struct line_run run = lines_of(t->tree, node);
    if (!run.count || t->worker[node])
        return;
    struct vec traces = trace_find(t->arena, run.first, run.count);
    VEC_EACH (const struct trace, trace, &traces)
        if (trace->film == t->film)
            add_trace(t, node, trace);
}

/* A crash of a process that no try speaks for. */
static void add_crash(struct teller *t, uint32_t index)
{
    const struct node *node = tree_node(t->tree, index);
    const struct crash *crash = crash_of_node(t->tree, index);
    if (!crash || node->film != t->film || t->worker[index])
        return;
    const struct window *window = window_at(t, teller_root(t, index), crash->at_ns);
    struct mishap *mishap = add(t, crash->at_ns, window ? window->stage : STR(""), STR(""));
    mishap->evidence = (struct evidence){.killer_seen = node->killed_by != NONE, .peak_kb = node->peak_kb};
    mishap->node = index;
    weigh_crash(t, index, mishap);
    mishap->fallback = describe_end(t, node, mishap);
}

void mishap_find_told(struct teller *t)
{
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        add_raise(t, raise);
    for (uint32_t n = 0; n < t->tree->nodes.count; n++) {
        add_traces(t, n);
        add_crash(t, n);
    }
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (signal->kind == SIGNAL_FAULT && teller_concerns(t, signal) && !t->worker[signal->node])
            add_fault(t, i);
    }
}
