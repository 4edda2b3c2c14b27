/* A module's code and the code within it, held against the rules. */
#include "python/entry.h"
#include "python/filter.h"
#include "python/pattern.h"
#include "scratch.h"

#include <string.h>

#define PATH_ROOM  1024u
#define NAME_ROOM  256u
#define LOCALS     "<locals>"
#define QUESTS_MAX 64u
#define DEPTH_MAX  4 /* of functions and classes within each other */

/* What is looked at for its own sake, of the standard library. */
static const struct span_rule no_rule;
static struct own {
    struct span_function function;
    enum watch_kind kind;
} own[] = {
    {{"logging", "Formatter.formatException", &no_rule, NULL}, WATCH_LOG},
    {{"warnings", "_showwarnmsg", &no_rule, NULL}, WATCH_WARNING},
    {{"traceback", "print_exc", &no_rule, NULL}, WATCH_PRINT},
    {{"traceback", "format_exc", &no_rule, NULL}, WATCH_PRINT},
};

/* A function to look for, as far as the walk has come. */
struct quest {
    const struct span_function *function;
    enum watch_kind kind;
    const char *pattern; /* what is left of its qualified name */
    const char *name;    /* the module's, in its file's path */
};

struct walk {
    struct module *module;
    const struct quest *quests;
    uint32_t count;
    const char *prefix; /* of qualified names here */
    int depth;
};

static void walk(PyObject *code, const struct walk *at);

/* What a quest asks for within a code object of that kind: NULL: nothing, "": the object itself. */
static const char *go_on(const struct quest *q, const char *name, size_t bytes, bool is_function)
{
    size_t n = strcspn(q->pattern, ".");
    if (!pattern_fits(q->pattern, q->pattern + n, name, name + bytes))
        return NULL;
    const char *rest = q->pattern + n;
    if (*rest == '\0')
        return is_function ? rest : NULL;
    rest++;
    if (!is_function)
        return rest;
    return strncmp(rest, LOCALS ".", sizeof LOCALS) == 0 ? rest + sizeof LOCALS : NULL;
}

/* What one level of a walk needs. */
struct level {
    char name[NAME_ROOM], qualname[NAME_ROOM * 2];
    struct quest inside[QUESTS_MAX];
};

static void visit(PyObject *inner, const struct walk *at, struct level *level, size_t bytes)
{
    char *qualname = level->qualname;
    const char *name = level->name;
    struct walk next = {at->module, level->inside, 0, qualname, at->depth + 1};
    size_t p = strlen(at->prefix);
    bool is_function = py_number(inner, "co_flags") & PY_CODE_FUNCTION;
    if (p + bytes + sizeof LOCALS + 3 > sizeof level->qualname)
        return;
    memcpy(qualname, at->prefix, p);
    memcpy(qualname + p, name, bytes + 1);
    for (uint32_t i = 0; i < at->count; i++) {
        const char *rest = go_on(&at->quests[i], name, bytes, is_function);
        at->module->name = at->quests[i].name;
        if (rest && *rest)
            level->inside[next.count++] =
                (struct quest){at->quests[i].function, at->quests[i].kind, rest, at->quests[i].name};
        else if (rest)
            entry_function(inner, at->quests[i].function, at->quests[i].kind, at->module, qualname, name);
    }
    if (next.count == 0 || next.depth == DEPTH_MAX)
        return;
    int before = at->module->found.functions;
    const char *join = is_function ? "." LOCALS "." : ".";
    memcpy(qualname + p + bytes, join, strlen(join) + 1);
    walk(inner, &next);
    if (at->module->found.functions > before && !is_function)
        entry_class(inner, name);
}

static bool is_asked_for(const struct walk *at, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < at->count; i++) {
        const char *p = at->quests[i].pattern;
        if (pattern_fits(p, p + strcspn(p, "."), name, name + bytes))
            return true;
    }
    return false;
}

/* The code objects among a code's constants. */
static void walk(PyObject *code, const struct walk *at)
{
    SCRATCH_WITHIN(struct level, level);
    if (!level)
        return;
    PyObject *constants = py_attribute(code, "co_consts");
    long count = constants ? py.PyTuple_Size(constants) : 0;
    for (long i = 0; i < count; i++) {
        PyObject *inner = py.PyTuple_GetItem(constants, i);
        if (py_type(inner) != py.PyCode_Type)
            continue;
        PyObject *text = py_attribute(inner, "co_name");
        size_t bytes = py_text(text, level->name, sizeof level->name, NULL);
        py_drop(text);
        if (is_asked_for(at, level->name, bytes))
            visit(inner, at, level, bytes);
    }
    py_drop(constants);
}

/* Leaves of the quests those whose first word the module knows. Most modules know none. */
static uint32_t narrow(struct quest *quests, uint32_t count, PyObject *code, char last[NAME_ROOM])
{
    bool known = false;
    uint32_t kept = 0;
    last[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        const char *pattern = quests[i].pattern;
        size_t n = strcspn(pattern, ".");
        if (n >= NAME_ROOM)
            continue;
        if (strncmp(pattern, last, n) != 0 || last[n] != '\0') { /* several in a row are often of one class */
            memcpy(last, pattern, n);
            last[n] = '\0';
            known = pattern_is_open(last, n) || filter_is_named(code, last);
        }
        if (known)
            quests[kept++] = quests[i];
    }
    return kept;
}

struct asking {
    char file[PATH_ROOM], last[NAME_ROOM];
    size_t bytes;
    uint32_t count;
    struct quest quests[QUESTS_MAX];
};

static void ask(struct asking *a, const struct span_function *f, enum watch_kind kind)
{
    const char *name;
    if (a->count < QUESTS_MAX && pattern_fits_module(f->module, a->file, a->bytes, &name))
        a->quests[a->count++] = (struct quest){f, kind, f->qualname, name};
}

static uint32_t ask_all(struct asking *a, PyObject *code)
{
    const char *name = pattern_last(a->file, a->file + a->bytes, '/');
    bool may = !span_rules_are_built_in() || filter_passes(name, (size_t)(a->file + a->bytes - name), code);
    for (const struct span_function *f = may ? span_rules() : NULL; f; f = f->next)
        ask(a, f, WATCH_SPAN);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (*own[i].function.module == *name)
            ask(a, &own[i].function, own[i].kind);
    return a->count > 0 ? narrow(a->quests, a->count, code, a->last) : 0;
}

struct watch_found watch_module(PyObject *code)
{
    SCRATCH(struct asking, a);
    struct module m = {.file = a ? a->file : ""};
    if (!a)
        return m.found;
    PyObject *text = py_attribute(code, "co_filename");
    size_t n = py_text(text, a->file, sizeof a->file, NULL);
    py_drop(text);
    if (n == 0 || a->file[0] == '<') /* made at run time */
        return m.found;
    a->count = 0;
    m.bytes = a->bytes = pattern_module_bytes(a->file, n);
    uint32_t count = ask_all(a, code);
    if (count > 0)
        walk(code, &(struct walk){&m, a->quests, count, "", 0});
    return m.found;
}
