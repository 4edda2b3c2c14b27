/* Holding code objects against the rules; see python_watch.h. */
#include "python_watch.h"

#include "memory.h"
#include "threads.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS      2048u /* a power of two */
#define MOST       (SLOTS / 2)
#define PATH_ROOM  1024u
#define NAME_ROOM  256u
#define LOCALS     "<locals>"
#define QUESTS_MAX 64u

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

static struct watched *slots[SLOTS] TABLE; /* atomic pointers */
static uint32_t used;                      /* atomic */

/* ---- the table ---- */

static uint32_t slot_of(PyObject *code)
{
    return (uint32_t)(((uintptr_t)code >> 4) * 0x9e3779b1u) & (SLOTS - 1);
}

struct watched *watch_find(PyObject *code)
{
    for (uint32_t i = slot_of(code);; i = (i + 1) & (SLOTS - 1)) {
        struct watched *w = __atomic_load_n(&slots[i], __ATOMIC_ACQUIRE);
        if (!w || w->code == code)
            return w;
    }
}

/* In the place of one that lay at the same address before, if there is one. */
static bool enter(struct watched *w)
{
    if (__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED) >= MOST)
        return false;
    for (uint32_t i = slot_of(w->code);; i = (i + 1) & (SLOTS - 1)) {
        struct watched *old = __atomic_load_n(&slots[i], __ATOMIC_ACQUIRE);
        if ((!old || old->code == w->code) &&
            __atomic_compare_exchange_n(&slots[i], &old, w, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return true;
    }
}

struct watched *watch_next(uint32_t *at)
{
    while (*at < SLOTS) {
        struct watched *w = __atomic_load_n(&slots[(*at)++], __ATOMIC_ACQUIRE);
        if (w)
            return w;
    }
    return NULL;
}

bool watch_is_same(const struct watched *w, PyObject *code)
{
    char name[NAME_ROOM];
    PyObject *text = py_attribute(code, "co_name");
    py_text(text, name, sizeof name, NULL);
    py_drop(text);
    return strcmp(name, w->own_name) == 0 && py_number(code, "co_firstlineno") == w->first_line;
}

/* ---- names ---- */

static bool glob(const char *p, const char *p_end, const char *s, const char *s_end)
{
    const char *star = NULL, *retry = NULL;
    while (s < s_end) {
        if (p < p_end && *p == '*') {
            star = ++p;
            retry = s;
        } else if (p < p_end && (*p == '?' || *p == *s)) {
            p++;
            s++;
        } else if (star) {
            p = star;
            s = ++retry;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '*')
        p++;
    return p == p_end;
}

static const char *last_of(const char *text, const char *end, char c)
{
    while (end > text && end[-1] != c)
        end--;
    return end;
}

/* A module's file without what follows the module's own name: pkg/mod.py, pkg/mod/__init__.py -> pkg/mod */
static size_t module_bytes(const char *file, size_t n)
{
    static const char *const ends[] = {".py", ".pyc", "/__init__"};
    for (size_t i = 0; i < 3; i++) {
        size_t e = strlen(ends[i]);
        if (n > e && memcmp(file + n - e, ends[i], e) == 0)
            n -= e;
    }
    return n;
}

/* The last components of a file against those of a dotted name, from the end. *name: where the first of them
 * begins. */
static bool module_matches(const char *module, const char *file, size_t bytes, const char **name)
{
    const char *m_end = module + strlen(module), *f_end = file + bytes;
    for (;;) {
        const char *m = last_of(module, m_end, '.'), *f = last_of(file, f_end, '/');
        if (f == f_end || !glob(m, m_end, f, f_end))
            return false;
        *name = f;
        if (m == module)
            return true;
        if (f == file)
            return false;
        m_end = m - 1;
        f_end = f - 1;
    }
}

/* ---- parameters ---- */

/* Where a path's first word is among the parameters: a number, or a name. */
static bool find_parameter(const struct watched *w, PyObject *names, const char *name, const char *path,
                           struct watch_argument *a)
{
    char word[NAME_ROOM], text[NAME_ROOM], *end;
    size_t n = strcspn(path, ".");
    if (n == 0 || n >= sizeof word)
        return false;
    memcpy(word, path, n);
    word[n] = '\0';
    long number = strtol(word, &end, 10), count = w->parameters + w->keyword_only;
    *a = (struct watch_argument){name, memory_text(word, n), path + n + (path[n] == '.'), -1};
    for (long i = 0; names && i < count; i++) {
        py_text(py.PyTuple_GetItem(names, i), text, sizeof text, NULL);
        if (*end == '\0' ? i != number : strcmp(text, word) != 0)
            continue;
        a->index = (int)i;
        a->parameter = memory_text(text, strlen(text));
        break;
    }
    return a->parameter && (a->index >= 0 || (*end != '\0' && (w->flags & PY_CODE_KWARGS)));
}

static void find_parameters(struct watched *w, PyObject *code)
{
    PyObject *names = py_attribute(code, "co_varnames");
    const struct span_rule *rule = w->rule;
    for (uint32_t i = 0; i < rule->arguments.count; i++)
        w->argument_count += find_parameter(w, names, rule->arguments.at[i].name, rule->arguments.at[i].path,
                                            &w->arguments[w->argument_count]);
    for (uint32_t i = 0; i < rule->video_count; i++)
        w->video_count += find_parameter(w, names, "", rule->videos[i], &w->videos[w->video_count]);
    py_drop(names);
}

/* ---- entering ---- */

static uint32_t name_count; /* atomic */

/* A function that was seen before, of a module that is loaded again, keeps its number. */
static bool number_name(struct span_name *name)
{
    struct watched *w;
    for (uint32_t at = 0; (w = watch_next(&at));) {
        if (w->name.function && strcmp(w->name.function, name->function) == 0 &&
            strcmp(w->name.file, name->file) == 0) {
            *name = w->name;
            return true;
        }
    }
    name->number = __atomic_fetch_add(&name_count, 1, __ATOMIC_RELAXED);
    return name->number < SPAN_NAMES;
}

struct module {
    const char *file, *name; /* name: points into file */
    size_t bytes;            /* of file, without what follows the module's name */
    int found, top;
};

static bool make_name(struct watched *w, const struct module *m, const char *qualname)
{
    char function[NAME_ROOM * 2];
    size_t n = (size_t)(m->file + m->bytes - m->name), q = strlen(qualname);
    if (n + q + 2 > sizeof function)
        return false;
    memcpy(function, m->name, n);
    for (size_t i = 0; i < n; i++)
        function[i] = function[i] == '/' ? '.' : function[i];
    function[n] = ':';
    memcpy(function + n + 1, qualname, q + 1);
    w->name = (struct span_name){0, memory_text(function, n + q + 1), memory_text(m->file, strlen(m->file))};
    return w->name.function && w->name.file && number_name(&w->name);
}

static struct watched *make(PyObject *code, enum watch_kind kind, const char *own_name)
{
    struct watched *w = memory_take(sizeof *w);
    if (!w)
        return NULL;
    w->code = code;
    w->kind = kind;
    w->flags = (int)py_number(code, "co_flags");
    w->first_line = (int)py_number(code, "co_firstlineno");
    w->parameters = (int)py_number(code, "co_argcount");
    w->keyword_only = (int)py_number(code, "co_kwonlyargcount");
    w->own_name = memory_text(own_name, strlen(own_name));
    return w->own_name ? w : NULL;
}

static void enter_function(PyObject *code, const struct span_function *f, enum watch_kind kind,
                           struct module *m, const char *qualname, const char *own_name)
{
    const struct watched *known = watch_find(code);
    if (known && watch_is_same(known, code)) /* the module runs again, or a rule before this one had it */
        return;
    struct watched *w = make(code, kind, own_name);
    if (!w || !make_name(w, m, qualname))
        return;
    w->rule = f->rule;
    w->top = !strchr(qualname, '.');
    find_parameters(w, code);
    if (enter(w)) {
        m->found++;
        m->top += w->top;
    }
}

static void enter_class(PyObject *code, const char *own_name)
{
    struct watched *w = watch_find(code) ? NULL : make(code, WATCH_CLASS, own_name);
    if (w)
        enter(w);
}

/* ---- the walk ---- */

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
};

static void walk(PyObject *code, const struct walk *at);

/* What a quest asks for within a code object of that kind: NULL: nothing, "": the object itself. */
static const char *go_on(const struct quest *q, const char *name, size_t bytes, bool is_function)
{
    size_t n = strcspn(q->pattern, ".");
    if (!glob(q->pattern, q->pattern + n, name, name + bytes))
        return NULL;
    const char *rest = q->pattern + n;
    if (*rest == '\0')
        return is_function ? rest : NULL;
    rest++;
    if (!is_function)
        return rest;
    return strncmp(rest, LOCALS ".", sizeof LOCALS) == 0 ? rest + sizeof LOCALS : NULL;
}

static void visit(PyObject *inner, const struct walk *at, const char *name, size_t bytes)
{
    char qualname[NAME_ROOM * 2];
    struct quest inside[QUESTS_MAX];
    struct walk next = {at->module, inside, 0, qualname};
    size_t p = strlen(at->prefix);
    bool is_function = py_number(inner, "co_flags") & PY_CODE_FUNCTION;
    if (p + bytes + sizeof LOCALS + 3 > sizeof qualname)
        return;
    memcpy(qualname, at->prefix, p);
    memcpy(qualname + p, name, bytes + 1);
    for (uint32_t i = 0; i < at->count; i++) {
        const char *rest = go_on(&at->quests[i], name, bytes, is_function);
        at->module->name = at->quests[i].name;
        if (rest && *rest)
            inside[next.count++] =
                (struct quest){at->quests[i].function, at->quests[i].kind, rest, at->quests[i].name};
        else if (rest)
            enter_function(inner, at->quests[i].function, at->quests[i].kind, at->module, qualname, name);
    }
    if (next.count == 0)
        return;
    int before = at->module->found;
    const char *join = is_function ? "." LOCALS "." : ".";
    memcpy(qualname + p + bytes, join, strlen(join) + 1);
    walk(inner, &next);
    if (at->module->found > before && !is_function)
        enter_class(inner, name);
}

static bool is_asked_for(const struct walk *at, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < at->count; i++) {
        const char *p = at->quests[i].pattern;
        if (glob(p, p + strcspn(p, "."), name, name + bytes))
            return true;
    }
    return false;
}

/* The code objects among a code's constants. */
static void walk(PyObject *code, const struct walk *at)
{
    char name[NAME_ROOM];
    PyObject *constants = py_attribute(code, "co_consts");
    long count = constants ? py.PyTuple_Size(constants) : 0;
    for (long i = 0; i < count; i++) {
        PyObject *inner = py.PyTuple_GetItem(constants, i);
        if (py_type(inner) != py.PyCode_Type)
            continue;
        PyObject *text = py_attribute(inner, "co_name");
        size_t bytes = py_text(text, name, sizeof name, NULL);
        py_drop(text);
        if (is_asked_for(at, name, bytes))
            visit(inner, at, name, bytes);
    }
    py_drop(constants);
}

static void ask(struct quest *quests, uint32_t *count, const struct span_function *f, enum watch_kind kind,
                const char *file, size_t bytes)
{
    const char *name;
    if (*count < QUESTS_MAX && module_matches(f->module, file, bytes, &name))
        quests[(*count)++] = (struct quest){f, kind, f->qualname, name};
}

int watch_module(PyObject *code, int *top)
{
    char file[PATH_ROOM];
    struct quest quests[QUESTS_MAX];
    uint32_t count = 0;
    PyObject *text = py_attribute(code, "co_filename");
    size_t n = py_text(text, file, sizeof file, NULL);
    py_drop(text);
    *top = 0;
    if (n == 0 || file[0] == '<') /* made at run time */
        return 0;
    size_t bytes = module_bytes(file, n);
    for (const struct span_function *f = span_rules(); f; f = f->next)
        ask(quests, &count, f, WATCH_SPAN, file, bytes);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        ask(quests, &count, &own[i].function, own[i].kind, file, bytes);
    struct module m = {.file = file, .bytes = bytes};
    if (count > 0)
        walk(code, &(struct walk){&m, quests, count, ""});
    *top = m.top;
    return m.found;
}
