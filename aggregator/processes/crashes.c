/* Joins what a crash recorded one after the other, and writes it down. */
#include "processes/crashes.h"

#include <signal.h>

static bool take_number(struct str word, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (i >= 16 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *out = *out << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return word.len > 0;
}

/* "address offset build-id path", see events.def. */
static void add_frame(struct arena *arena, struct str line, struct crash *crash)
{
    struct str address, offset, id;
    struct frame frame = {0};
    if (!str_next(&line, ' ', &address) || !str_next(&line, ' ', &offset) || !str_next(&line, ' ', &id) ||
        !take_number(address, &frame.address) || !take_number(offset, &frame.offset))
        return;
    frame.build_id = str_equal(id, STR("-")) ? STR("") : id;
    frame.module = line.ptr ? line : STR("");
    *VEC_PUSH(arena, &crash->frames, struct frame) = frame;
}

static void add_stack(struct tree *tree, struct crash *crash, const struct fact *fact)
{
    struct str rest = fact->process_stack.frames, line;
    while (str_next(&rest, '\n', &line))
        if (line.len)
            add_frame(tree->arena, line, crash);
    crash->python = fact->process_stack.python;
    crash->cut = fact->process_stack.cut != 0;
}

/* The last crash of that thread. */
static struct crash *last_of(const struct tree *tree, const struct occurrence *occurrence)
{
    struct crash *found = NULL;
    VEC_EACH (struct crash, crash, &tree->crashes)
        if (crash->node == occurrence->node && crash->tid == occurrence->fact->tid)
            found = crash;
    return found;
}

static void add_crash(struct tree *tree, const struct occurrence *occurrence)
{
    const struct fact *fact = occurrence->fact;
    const struct node *node = tree_node(tree, occurrence->node);
    struct crash *crash = VEC_PUSH(tree->arena, &tree->crashes, struct crash);
    *crash = (struct crash){.node = occurrence->node,
                            .tid = fact->tid,
                            .at_ns = occurrence->at_ns,
                            .signal = (int)fact->crash.signal,
                            .address = fact->crash.address,
                            .handled = fact->crash.handled != 0};
    crash->ended = !crash->handled && node->signal == crash->signal;
}

void crashes_find(struct tree *tree)
{
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences) {
        struct crash *last = last_of(tree, occurrence);
        if (occurrence->fact->kind == FACT_CRASH)
            add_crash(tree, occurrence);
        else if (occurrence->fact->kind == FACT_STACK && last && !last->frames.count)
            add_stack(tree, last, occurrence->fact);
        else if (occurrence->fact->kind == FACT_CRASH_EXIT && last &&
                 last->signal == (int)occurrence->fact->crash_exit.signal)
            last->ended = true;
    }
}

const struct crash *crashes_of_node(const struct tree *tree, uint32_t node)
{
    const struct crash *found = NULL;
    VEC_EACH (const struct crash, crash, &tree->crashes)
        if (crash->node == node && crash->ended)
            found = crash;
    return found;
}

const struct crash *crashes_below(const struct tree *tree, uint32_t top)
{
    const struct crash *found = crashes_of_node(tree, top);
    if (found)
        return found;
    VEC_EACH (const struct crash, crash, &tree->crashes)
        if (crash->ended && tree_below(tree, crash->node, top))
            found = crash;
    return found;
}

struct str crashes_signal_name(int signal)
{
    switch (signal) {
    case SIGSEGV:
        return STR("SIGSEGV");
    case SIGBUS:
        return STR("SIGBUS");
    case SIGFPE:
        return STR("SIGFPE");
    case SIGILL:
        return STR("SIGILL");
    case SIGABRT:
        return STR("SIGABRT");
    default:
        return STR("");
    }
}

/* ---- the text ---- */

struct text {
    struct arena *arena;
    struct vec bytes; /* of char */
};

static void append(struct text *t, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        *VEC_PUSH(t->arena, &t->bytes, char) = s.ptr[i];
}

static struct str where(struct arena *arena, const struct frame *frame)
{
    if (!frame->module.len)
        return STR(" (no module)");
    if (!frame->function.len)
        return str_format(arena, " (" STR_FMT "+0x%llx)", STR_ARG(frame->module),
                          (unsigned long long)frame->offset);
    return str_format(arena, " " STR_FMT " (" STR_FMT ")", STR_ARG(frame->function), STR_ARG(frame->module));
}

static void put_frame(struct text *t, size_t number, const struct frame *frame)
{
    append(t, str_format(t->arena, "\n#%zu 0x%016llx", number, (unsigned long long)frame->address));
    append(t, where(t->arena, frame));
    if (frame->file.len)
        append(t, str_format(t->arena, " at " STR_FMT ":%d", STR_ARG(frame->file), frame->line));
}

static void put_python(struct text *t, struct str lines)
{
    struct str line;
    append(t, STR("\nPython frames, innermost first:"));
    while (str_next(&lines, '\n', &line))
        if (line.len)
            append(t, str_format(t->arena, "\n  " STR_FMT, STR_ARG(line)));
}

struct str crashes_text(struct arena *arena, const struct crash *crash)
{
    struct text t = {.arena = arena};
    append(&t, str_format(arena, "Signal %d (" STR_FMT ")", crash->signal,
                          STR_ARG(crashes_signal_name(crash->signal))));
    if (crash->signal == SIGSEGV || crash->signal == SIGBUS)
        append(&t, str_format(arena, ", address 0x%llx", (unsigned long long)crash->address));
    if (crash->python.len)
        put_python(&t, crash->python);
    append(&t, crash->frames.count ? STR("\nNative frames, innermost first:") : STR(""));
    for (size_t i = 0; i < crash->frames.count; i++)
        put_frame(&t, i, VEC_AT(&crash->frames, struct frame, i));
    append(&t, crash->cut ? STR("\n(more frames were not recorded)") : STR(""));
    return (struct str){t.bytes.items, t.bytes.count};
}
