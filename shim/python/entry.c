/* See python/entry.h. */
#include "python/entry.h"

#include "memory.h"
#include "scratch.h"
#include "threads.h"

#include <stdlib.h>
#include <string.h>

#define NAME_ROOM 256u

/* ---- parameters ---- */

struct names {
    char word[NAME_ROOM], text[NAME_ROOM];
};

/* Where a path's first word is among the parameters: a number, or a name. */
static bool find_parameter(const struct watched *w, PyObject *names, const char *name, const char *path,
                           struct watch_argument *a)
{
    SCRATCH_WITHIN(struct names, in);
    size_t n = strcspn(path, ".");
    if (!in || n == 0 || n >= sizeof in->word)
        return false;
    char *word = in->word, *text = in->text, *end;
    memcpy(word, path, n);
    word[n] = '\0';
    long number = strtol(word, &end, 10), count = w->parameters + w->keyword_only;
    *a = (struct watch_argument){name, memory_text(word, n), path + n + (path[n] == '.'), -1};
    for (long i = 0; names && i < count; i++) {
        py_text(py.PyTuple_GetItem(names, i), text, sizeof in->text, NULL);
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
    for (struct watched *w = watch_latest(); w; w = w->before) {
        if (w->name.function && strcmp(w->name.function, name->function) == 0 &&
            strcmp(w->name.file, name->file) == 0) {
            *name = w->name;
            return true;
        }
    }
    name->number = __atomic_fetch_add(&name_count, 1, __ATOMIC_RELAXED);
    return name->number < SPAN_NAMES;
}

struct full_name {
    char text[NAME_ROOM * 2];
};

static bool make_name(struct watched *w, const struct module *m, const char *qualname)
{
    SCRATCH_WITHIN(struct full_name, full);
    size_t n = (size_t)(m->file + m->bytes - m->name), q = strlen(qualname);
    if (!full || n + q + 2 > sizeof full->text)
        return false;
    char *function = full->text;
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

static void count(struct watch_found *found, struct watched *w)
{
    w->met = false;
    found->functions++;
    found->outside += w->top || w->local;
    found->file = w->name.file;
}

void entry_function(PyObject *code, const struct span_function *f, enum watch_kind kind, struct module *m,
                    const char *qualname, const char *own_name)
{
    struct watched *known = watch_find(code);
    if (known && watch_is_same(known, code)) { /* the module runs again, or a rule before this one had it */
        count(&m->found, known);
        return;
    }
    struct watched *w = make(code, kind, own_name);
    if (!w || !make_name(w, m, qualname))
        return;
    w->rule = f->rule;
    w->top = !strchr(qualname, '.');
    w->local = strstr(qualname, "<locals>");
    find_parameters(w, code);
    if (watch_enter(w))
        count(&m->found, w);
}

void entry_class(PyObject *code, const char *own_name)
{
    struct watched *w = watch_find(code) ? NULL : make(code, WATCH_CLASS, own_name);
    if (w)
        watch_enter(w);
}
