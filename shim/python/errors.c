/* See python/errors.h. */
#include "python/errors.h"

#include "memory.h"
#include "python/call.h"
#include "python/exception.h"
#include "python/swallowed.h"
#include "python/trace.h"
#include "raw.h"
#include "scratch.h"

#include <sys/mman.h>

#define TEXT_BYTES (28u << 10) /* of an event */

static void tell(const struct raised *told, PyObject *type, PyObject *value, PyObject *traceback,
                 bool with_text)
{
    struct raised r = *told;
    struct text t = {with_text ? memory_map(TEXT_BYTES) : NULL, 0, TEXT_BYTES};
    if (t.at)
        trace_add_exception(&t, type, value, traceback);
    r.text = t.at ? t.at : "";
    r.text_bytes = t.bytes;
    span_raise(&r);
    if (t.at)
        raw(SYS_munmap, t.at, TEXT_BYTES);
}

void errors_tell_some(enum vl_raise how, uint64_t span, PyObject *type, PyObject *value, PyObject *traceback,
                      uint64_t times)
{
    if (py_is_none(type))
        return;
    swallowed_not(value);
    SCRATCH(struct exception_text, e);
    if (!e)
        return;
    exception_text(e, type, value);
    struct place where = trace_add(NULL, traceback);
    uint64_t count = times > 1 ? times
                               : span_raise_count(how, e->name, e->message,
                                                  (uint64_t)(uintptr_t)where.code ^ (uint64_t)where.line);
    if (count == 0 && how != VL_RAISE_LEFT)
        return;
    struct raised r = {
        .how = how, .span = span, .count = count ? count : 1, .type = e->name, .message = e->message};
    tell(&r, type, value, traceback, count > 0);
}

void errors_tell(enum vl_raise how, uint64_t span, PyObject *type, PyObject *value, PyObject *traceback)
{
    errors_tell_some(how, span, type, value, traceback, 1);
}

static void tell_row(enum vl_raise how, PyObject *row)
{
    if (row && py_is(row, py.PyTuple_Type) && py.PyTuple_Size(row) >= 3)
        errors_tell(how, span_current(call_task()), py.PyTuple_GetItem(row, 0), py.PyTuple_GetItem(row, 1),
                    py.PyTuple_GetItem(row, 2));
}

struct warning {
    struct exception_text said;
    char file[1024], line[2 * EXCEPTION_MESSAGE + 1024];
};

static void hear_warning(PyObject *said)
{
    SCRATCH(struct warning, w);
    if (!w)
        return;
    struct text t = {w->line, 0, sizeof w->line};
    PyObject *category = py_attribute(said, "category"), *text = py_attribute(said, "message"),
             *place = py_attribute(said, "filename");
    long line = py_number(said, "lineno");
    if (category && text) {
        exception_text(&w->said, category, text);
        py_text(place, w->file, sizeof w->file, NULL);
        text_add(&t, w->file);
        text_add(&t, ":");
        text_add_number(&t, line);
        text_add(&t, ": ");
        text_add(&t, w->said.name);
        text_add(&t, ": ");
        text_add(&t, w->said.message);
        text_add(&t, "\n");
        uint64_t count = span_raise_count(VL_RAISE_WARNING, w->said.name, w->said.message, (uint64_t)line);
        struct raised r = {
            VL_RAISE_WARNING, span_current(call_task()), count, w->said.name, w->said.message, t.at, t.bytes};
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
