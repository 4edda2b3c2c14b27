/* See python_errors.h. */
#include "python_errors.h"

#include "memory.h"
#include "python_call.h"
#include "raw.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define TEXT_BYTES    (28u << 10) /* of an event */
#define MESSAGE_BYTES 1024u
#define NAME_BYTES    256u
#define CHAIN_MAX     8
#define FRAMES_MAX    400
#define REPEATS_SHOWN 3 /* of the same frame, as the interpreter does */

/* ---- what it is ---- */

/* As a traceback writes it: without the module where that is builtins or the script itself. */
static void type_name(PyObject *type, char *out, size_t room)
{
    char module[NAME_BYTES];
    size_t n = 0;
    PyObject *m = py_is(type, py.PyType_Type) ? py_attribute(type, "__module__") : NULL;
    PyObject *q = py_is(type, py.PyType_Type) ? py_attribute(type, "__qualname__") : NULL;
    py_text(m, module, sizeof module, NULL);
    if (module[0] && strcmp(module, "builtins") != 0 && strcmp(module, "__main__") != 0) {
        n = strlen(module);
        memcpy(out, module, n);
        out[n++] = '.';
    }
    py_text(q, out + n, room - n, NULL);
    py_drop(m);
    py_drop(q);
}

static bool is_plain(PyObject *o)
{
    PyObject *type = py_type(o);
    return o == py._Py_NoneStruct || type == py.PyUnicode_Type || type == py.PyLong_Type ||
           type == py.PyBool_Type || type == py.PyFloat_Type || type == py.PyBytes_Type;
}

/* str() of it runs nothing but the interpreter's own code. */
static bool is_told_by_args(PyObject *value, PyObject *args)
{
    PyObject *key = py.PyUnicode_InternFromString("__str__");
    PyObject *method = key ? py._PyType_Lookup(py_type(value), key) : NULL;
    py_drop(key);
    if (!method || py_type(method) != py.PyWrapperDescr_Type)
        return false;
    long n = py.PyTuple_Size(args);
    for (long i = 0; i < n; i++)
        if (!is_plain(py.PyTuple_GetItem(args, i)))
            return false;
    PyObject *file = py_attribute(value, "filename");
    bool plain = !file || is_plain(file);
    py_drop(file);
    return plain;
}

static size_t first_text(PyObject *args, char *out, size_t room)
{
    long n = py.PyTuple_Size(args);
    for (long i = 0; i < n; i++) {
        size_t bytes = py_text(py.PyTuple_GetItem(args, i), out, room, NULL);
        if (bytes > 0)
            return bytes;
    }
    return 0;
}

static void message_of(PyObject *value, char *out, size_t room)
{
    out[0] = '\0';
    if (py_is_none(value) || py_text(value, out, room, NULL) > 0)
        return;
    PyObject *args = py_attribute(value, "args");
    if (args && py_is(args, py.PyTuple_Type)) {
        PyObject *text = is_told_by_args(value, args) ? py.PyObject_Str(value) : NULL;
        if (text)
            py_text(text, out, room, NULL);
        else
            first_text(args, out, room);
        py.PyErr_Clear();
        py_drop(text);
    }
    py_drop(args);
}

/* ---- the text ---- */

struct text {
    char *at;
    size_t bytes, room;
};

static void add(struct text *t, const char *s)
{
    size_t n = strlen(s), left = t->room - t->bytes;
    n = n < left ? n : left;
    memcpy(t->at + t->bytes, s, n);
    t->bytes += n;
}

static void add_number(struct text *t, long v)
{
    char digits[24], *at = digits + sizeof digits - 1;
    *at = '\0';
    if (v < 0) {
        add(t, "?");
        return;
    }
    do
        *--at = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    add(t, at);
}

struct place {
    PyObject *code; /* not held: compared only */
    long line;
};

static void add_frame(struct text *t, PyObject *code, long line)
{
    char file[1024], name[NAME_BYTES];
    PyObject *f = py_attribute(code, "co_filename"), *n = py_attribute(code, "co_name");
    py_text(f, file, sizeof file, NULL);
    py_text(n, name, sizeof name, NULL);
    add(t, "  File \"");
    add(t, file);
    add(t, "\", line ");
    add_number(t, line);
    add(t, ", in ");
    add(t, name);
    add(t, "\n");
    py_drop(f);
    py_drop(n);
}

static void add_repeats(struct text *t, int repeats)
{
    if (repeats <= REPEATS_SHOWN)
        return;
    add(t, "  [Previous line repeated ");
    add_number(t, repeats - REPEATS_SHOWN);
    add(t, repeats - REPEATS_SHOWN == 1 ? " more time]\n" : " more times]\n");
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

/* Outermost first. t NULL: only the innermost place is wanted. */
static struct place add_traceback(struct text *t, PyObject *traceback)
{
    struct place last = {NULL, 0};
    int repeats = 0;
    if (py_is_none(traceback))
        return last;
    if (t)
        add(t, "Traceback (most recent call last):\n");
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

static void add_notes(struct text *t, PyObject *value)
{
    char note[MESSAGE_BYTES];
    PyObject *notes = py_attribute(value, "__notes__");
    long n = notes && py_is(notes, py.PyList_Type) ? py.PyList_Size(notes) : 0;
    for (long i = 0; i < n && i < 20; i++) {
        if (py_text(py.PyList_GetItem(notes, i), note, sizeof note, NULL) > 0) {
            add(t, note);
            add(t, "\n");
        }
    }
    py_drop(notes);
}

/* Where a source that cannot be compiled is wrong. */
static void add_source(struct text *t, PyObject *value)
{
    char file[1024], line[512];
    PyObject *text = py_attribute(value, "text"), *name = py_attribute(value, "filename");
    long number = py_number(value, "lineno");
    if (number > 0 && py_text(name, file, sizeof file, NULL) > 0) {
        add(t, "  File \"");
        add(t, file);
        add(t, "\", line ");
        add_number(t, number);
        add(t, "\n");
        if (py_text(text, line, sizeof line, NULL) > 0) {
            const char *first = line + strspn(line, " \t");
            line[strcspn(line, "\n")] = '\0';
            add(t, "    ");
            add(t, first);
            add(t, "\n");
        }
    }
    py_drop(text);
    py_drop(name);
}

static void add_one(struct text *t, PyObject *type, PyObject *value, PyObject *traceback)
{
    char name[NAME_BYTES * 2], message[MESSAGE_BYTES];
    PyObject *wrong = py_is_none(value) ? NULL : py_attribute(value, "print_file_and_line");
    PyObject *said = wrong ? py_attribute(value, "msg") : NULL;
    add_traceback(t, traceback);
    if (wrong)
        add_source(t, value);
    type_name(type, name, sizeof name);
    message_of(said ? said : value, message, sizeof message);
    add(t, name);
    add(t, message[0] ? ": " : "");
    add(t, message);
    add(t, "\n");
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

static void add_chain(struct text *t, PyObject *type, PyObject *value, PyObject *traceback, int depth)
{
    const char *how;
    PyObject *before = depth < CHAIN_MAX && is_exception(value) ? before_it(value, &how) : NULL;
    if (before && before != value) {
        PyObject *its = py.PyException_GetTraceback(before);
        add_chain(t, py_type(before), before, its, depth + 1);
        add(t, how);
        py_drop(its);
    }
    py_drop(before);
    add_one(t, type, value, traceback);
}

/* ---- telling ---- */

static void tell(const struct raised *told, PyObject *type, PyObject *value, PyObject *traceback,
                 bool with_text)
{
    struct raised r = *told;
    struct text t = {with_text ? memory_map(TEXT_BYTES) : NULL, 0, TEXT_BYTES};
    if (t.at)
        add_chain(&t, type, value, traceback, 0);
    r.text = t.at ? t.at : "";
    r.text_bytes = t.bytes;
    span_raise(&r);
    if (t.at)
        raw(SYS_munmap, t.at, TEXT_BYTES);
}

void errors_tell(enum vl_raise how, uint64_t span, PyObject *type, PyObject *value, PyObject *traceback)
{
    char name[NAME_BYTES * 2], message[MESSAGE_BYTES];
    if (py_is_none(type))
        return;
    type_name(type, name, sizeof name);
    message_of(value, message, sizeof message);
    struct place where = add_traceback(NULL, traceback);
    uint64_t count =
        span_raise_count(how, name, message, (uint64_t)(uintptr_t)where.code ^ (uint64_t)where.line);
    if (count == 0 && how != VL_RAISE_LEFT)
        return;
    struct raised r = {
        .how = how, .span = span, .count = count ? count : 1, .type = name, .message = message};
    tell(&r, type, value, traceback, count > 0);
}

static void tell_row(enum vl_raise how, PyObject *row)
{
    if (row && py_is(row, py.PyTuple_Type) && py.PyTuple_Size(row) >= 3)
        errors_tell(how, span_current(call_task()), py.PyTuple_GetItem(row, 0), py.PyTuple_GetItem(row, 1),
                    py.PyTuple_GetItem(row, 2));
}

static void hear_warning(PyObject *said)
{
    char name[NAME_BYTES * 2], message[MESSAGE_BYTES], file[1024];
    struct text t = {(char[2 * MESSAGE_BYTES + 1024]){0}, 0, 2 * MESSAGE_BYTES + 1024};
    PyObject *category = py_attribute(said, "category"), *text = py_attribute(said, "message"),
             *place = py_attribute(said, "filename");
    long line = py_number(said, "lineno");
    if (category && text) {
        type_name(category, name, sizeof name);
        message_of(text, message, sizeof message);
        py_text(place, file, sizeof file, NULL);
        add(&t, file);
        add(&t, ":");
        add_number(&t, line);
        add(&t, ": ");
        add(&t, name);
        add(&t, ": ");
        add(&t, message);
        add(&t, "\n");
        uint64_t count = span_raise_count(VL_RAISE_WARNING, name, message, (uint64_t)line);
        struct raised r = {VL_RAISE_WARNING, span_current(call_task()), count, name, message, t.at, t.bytes};
        if (count)
            span_raise(&r);
    }
    py_drop(category);
    py_drop(text);
    py_drop(place);
}

static void hear_print(void)
{
    PyObject *type, *value, *traceback;
    py.PyErr_GetExcInfo(&type, &value, &traceback);
    if (!py_is_none(value))
        errors_tell(VL_RAISE_CAUGHT, span_current(call_task()), py_is_none(type) ? py_type(value) : type,
                    value, traceback);
    py_drop(type);
    py_drop(value);
    py_drop(traceback);
}

void errors_hear(enum watch_kind kind, PyObject *argument)
{
    if (kind == WATCH_LOG && argument)
        tell_row(VL_RAISE_LOGGED, argument);
    else if (kind == WATCH_WARNING && argument)
        hear_warning(argument);
    else if (kind == WATCH_PRINT)
        hear_print();
}
