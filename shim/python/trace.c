/* See python/trace.h. */
#include "python/trace.h"

#include "python/exception.h"
#include "scratch.h"

#include <string.h>

#define FRAME_NAME    256u
#define CHAIN_MAX     8
#define FRAMES_MAX    400
#define REPEATS_SHOWN 3 /* of the same frame, as the interpreter does */

void text_add(struct text *t, const char *s)
{
    size_t n = strlen(s), left = t->room - t->bytes;
    n = n < left ? n : left;
    memcpy(t->at + t->bytes, s, n);
    t->bytes += n;
}

void text_add_number(struct text *t, long v)
{
    char digits[24], *at = digits + sizeof digits - 1;
    *at = '\0';
    if (v < 0) {
        text_add(t, "?");
        return;
    }
    do
        *--at = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    text_add(t, at);
}

struct frame_text {
    char file[1024], name[FRAME_NAME];
};

static void add_frame(struct text *t, PyObject *code, long line)
{
    SCRATCH_WITHIN(struct frame_text, of);
    if (!of)
        return;
    PyObject *f = py_attribute(code, "co_filename"), *n = py_attribute(code, "co_name");
    py_text(f, of->file, sizeof of->file, NULL);
    py_text(n, of->name, sizeof of->name, NULL);
    text_add(t, "  File \"");
    text_add(t, of->file);
    text_add(t, "\", line ");
    text_add_number(t, line);
    text_add(t, ", in ");
    text_add(t, of->name);
    text_add(t, "\n");
    py_drop(f);
    py_drop(n);
}

static void add_repeats(struct text *t, int repeats)
{
    if (repeats <= REPEATS_SHOWN)
        return;
    text_add(t, "  [Previous line repeated ");
    text_add_number(t, repeats - REPEATS_SHOWN);
    text_add(t, repeats - REPEATS_SHOWN == 1 ? " more time]\n" : " more times]\n");
}

static PyObject *next_of(PyObject *traceback)
{
    PyObject *next = py_attribute(traceback, "tb_next");
    py_drop(traceback);
    return next;
}

static struct place place_of(PyObject *traceback)
{
    struct place p = {NULL, 0};
    if (py_traceback_place(traceback, &p.code, &p.line))
        py_drop(p.code); /* its frame holds it */
    return p;
}

struct place trace_add(struct text *t, PyObject *traceback)
{
    struct place last = {NULL, 0};
    int repeats = 0;
    if (py_is_none(traceback))
        return last;
    if (t)
        text_add(t, "Traceback (most recent call last):\n");
    py.Py_IncRef(traceback);
    for (int i = 0; i < FRAMES_MAX && !py_is_none(traceback); i++, traceback = next_of(traceback)) {
        struct place now = place_of(traceback);
        bool again = now.code == last.code && now.line == last.line;
        if (t && !again)
            add_repeats(t, repeats);
        repeats = again ? repeats + 1 : 1;
        last = now;
        if (t && now.code && repeats <= REPEATS_SHOWN)
            add_frame(t, now.code, now.line);
    }
    if (t)
        add_repeats(t, repeats);
    py_drop(traceback);
    return last;
}

bool trace_passes(PyObject *traceback, const PyObject *code)
{
    bool passes = false;
    if (py_is_none(traceback))
        return false;
    py.Py_IncRef(traceback);
    for (int i = 0; i < FRAMES_MAX && !passes && !py_is_none(traceback); i++, traceback = next_of(traceback))
        passes = place_of(traceback).code == code;
    py_drop(traceback);
    return passes;
}

static void add_notes(struct text *t, PyObject *value)
{
    SCRATCH_WITHIN(struct exception_text, note);
    PyObject *notes = py_attribute(value, "__notes__");
    long n = notes && py_is(notes, py.PyList_Type) ? py.PyList_Size(notes) : 0;
    for (long i = 0; note && i < n && i < 20; i++) {
        if (py_text(py.PyList_GetItem(notes, i), note->message, sizeof note->message, NULL) > 0) {
            text_add(t, note->message);
            text_add(t, "\n");
        }
    }
    py_drop(notes);
}

struct source {
    char file[1024], line[512];
};

/* Where a source that cannot be compiled is wrong. */
static void add_source(struct text *t, PyObject *value)
{
    SCRATCH_WITHIN(struct source, s);
    PyObject *text = py_attribute(value, "text"), *name = py_attribute(value, "filename");
    long number = py_number(value, "lineno");
    if (s && number > 0 && py_text(name, s->file, sizeof s->file, NULL) > 0) {
        text_add(t, "  File \"");
        text_add(t, s->file);
        text_add(t, "\", line ");
        text_add_number(t, number);
        text_add(t, "\n");
        if (py_text(text, s->line, sizeof s->line, NULL) > 0) {
            const char *first = s->line + strspn(s->line, " \t");
            s->line[strcspn(s->line, "\n")] = '\0';
            text_add(t, "    ");
            text_add(t, first);
            text_add(t, "\n");
        }
    }
    py_drop(text);
    py_drop(name);
}

static void add_last_line(struct text *t, PyObject *type, PyObject *value)
{
    SCRATCH_WITHIN(struct exception_text, e);
    if (!e)
        return;
    exception_text(e, type, value);
    text_add(t, e->name);
    text_add(t, e->message[0] ? ": " : "");
    text_add(t, e->message);
    text_add(t, "\n");
}

static void add_one(struct text *t, PyObject *type, PyObject *value, PyObject *traceback)
{
    PyObject *wrong = py_is_none(value) ? NULL : py_attribute(value, "print_file_and_line");
    PyObject *said = wrong ? py_attribute(value, "msg") : NULL;
    trace_add(t, traceback);
    if (wrong)
        add_source(t, value);
    add_last_line(t, type, said ? said : value);
    if (!py_is_none(value))
        add_notes(t, value);
    py_drop(said);
    py_drop(wrong);
}

static bool is_exception(PyObject *value)
{
    return !py_is_none(value) && py_is(value, *(PyObject **)py.PyExc_BaseException);
}

/* What it came from, if it says so or nothing says otherwise: a new reference; *how: the line between the
 * two. */
static PyObject *before_it(PyObject *value, const char **how)
{
    PyObject *cause = py.PyException_GetCause(value);
    if (cause) {
        *how = "\nThe above exception was the direct cause of the following exception:\n\n";
        return cause;
    }
    PyObject *suppressed = py_attribute(value, "__suppress_context__");
    bool hidden = suppressed == py._Py_TrueStruct;
    py_drop(suppressed);
    *how = "\nDuring handling of the above exception, another exception occurred:\n\n";
    return hidden ? NULL : py.PyException_GetContext(value);
}

static void add_before(struct text *t, PyObject *before, const char *how)
{
    PyObject *traceback = py.PyException_GetTraceback(before);
    add_one(t, py_type(before), before, traceback);
    text_add(t, how);
    py_drop(traceback);
    py_drop(before);
}

struct chain {
    PyObject *before[CHAIN_MAX];
    const char *how[CHAIN_MAX]; /* the line behind each */
};

/* The first that was raised comes first. */
void trace_add_exception(struct text *t, PyObject *type, PyObject *value, PyObject *traceback)
{
    SCRATCH_WITHIN(struct chain, c);
    PyObject *last = value, *before;
    int depth = 0;
    while (c && depth < CHAIN_MAX && is_exception(last) && (before = before_it(last, &c->how[depth]))) {
        if (before == last) {
            py_drop(before);
            break;
        }
        last = c->before[depth++] = before;
    }
    while (depth-- > 0)
        add_before(t, c->before[depth], c->how[depth]);
    add_one(t, type, value, traceback);
}
