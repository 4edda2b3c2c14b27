/* A span around a call; see python/call.h. The frame of call_watched lies on the stack while the function
 * runs: what needs room is in functions of its own. */
#include "python/call.h"

#include "config.h"
#include "notes.h"
#include "python/errors.h"
#include "python/outcome.h"
#include "python/patch.h"
#include "python/path.h"
#include "python/suspended.h"
#include "python/values.h"
#include "python/watch.h"
#include "python/watcher.h"
#include "raw.h"
#include "scratch.h"
#include "shim.h"
#include "spans.h"
#include "stack.h"
#include "threads.h"
#include "video.h"

#include <errno.h>
#include <string.h>

#define OFFSET_FLAG ((size_t)1 << (8 * sizeof(size_t) - 1)) /* PY_VECTORCALL_ARGUMENTS_OFFSET */

py_vectorcall call_real;

struct call {
    PyObject *function;
    PyObject *const *args;
    size_t count;
    PyObject *names;           /* of the arguments after count, or NULL */
    const struct frame *frame; /* args are its parameters; NULL: as a caller gives them */
};

/* ---- arguments ---- */

static PyObject *by_name(const struct call *c, const char *parameter)
{
    char text[256];
    long n = c->names ? py.PyTuple_Size(c->names) : 0;
    for (long i = 0; i < n; i++) {
        py_text(py.PyTuple_GetItem(c->names, i), text, sizeof text, NULL);
        if (strcmp(text, parameter) == 0)
            return c->args[c->count + (size_t)i];
    }
    return NULL;
}

static PyObject *by_default(const struct call *c, const struct watched *w, const struct watch_argument *a)
{
    if (a->index >= w->parameters) {
        PyObject *values = py_keyword_defaults_of(c->function);
        return values && py_is(values, py.PyDict_Type) ? py_dict_find(values, a->parameter) : NULL;
    }
    PyObject *values = py_defaults_of(c->function);
    long n = values && py_is(values, py.PyTuple_Type) ? py.PyTuple_Size(values) : 0;
    long at = a->index - (w->parameters - n);
    return at >= 0 && at < n ? py.PyTuple_GetItem(values, at) : NULL;
}

static PyObject *parameter(const struct call *c, const struct watched *w, const struct watch_argument *a)
{
    int named = w->parameters + w->keyword_only;
    if (a->index >= 0 && a->index < named)
        return c->args[a->index] ? c->args[a->index] : frame_cell(c->frame, a->parameter);
    PyObject *others = w->flags & PY_CODE_KWARGS ? c->args[named + !!(w->flags & PY_CODE_ARGS)] : NULL;
    return others && py_is(others, py.PyDict_Type) ? py_dict_find(others, a->parameter) : NULL;
}

static PyObject *argument(const struct call *c, const struct watched *w, const struct watch_argument *a)
{
    PyObject *value = c->frame ? parameter(c, w, a) : NULL;
    if (c->frame)
        return value ? py_follow(value, a->rest) : NULL;
    if (a->index >= 0 && a->index < w->parameters && (size_t)a->index < c->count)
        value = c->args[a->index];
    if (!value)
        value = by_name(c, a->parameter);
    if (!value && a->index >= 0)
        value = by_default(c, w, a);
    return value ? py_follow(value, a->rest) : NULL;
}

struct name {
    char text[1024];
};

static uint32_t video_of(const struct call *c, const struct watched *w)
{
    SCRATCH(struct name, name);
    uint32_t video = VIDEO_NONE;
    for (uint32_t i = 0; name && i < w->video_count && video == VIDEO_NONE; i++) {
        PyObject *value = argument(c, w, &w->videos[i]);
        if (value && py_path_text(value, name->text, sizeof name->text) > 0)
            video = video_named(name->text);
        py_drop(value);
    }
    return video;
}

/* ---- tasks ---- */

/* asyncio keeps {loop: task}; the loop that runs is asked for in C. Neither is there before somebody imports
 * it. */
uint64_t call_task(void)
{
    uint64_t task = 0;
    PyObject *names = py_ends() ? NULL : py_module_names("_asyncio"), *key, *value;
    PyObject *loops = names ? py.PyDict_GetItemString(names, "_current_tasks") : NULL,
             *ask = loops ? py.PyDict_GetItemString(names, "_get_running_loop") : NULL;
    PyObject *loop = ask && py_is(loops, py.PyDict_Type) && py_type(ask) == py.PyCFunction_Type
                         ? py.PyObject_CallNoArgs(ask)
                         : NULL;
    long at = 0;
    while (!py_is_none(loop) && py.PyDict_Next(loops, &at, &key, &value))
        if (key == loop)
            task = (uint64_t)(uintptr_t)value >> 4;
    if (ask)
        py.PyErr_Clear();
    py_drop(loop);
    return task;
}

/* ---- spans ---- */

static void put_arguments(const struct call *c, const struct watched *w, struct py_json *json)
{
    py_json_begin(json);
    for (uint32_t i = 0; i < w->argument_count; i++) {
        PyObject *value = argument(c, w, &w->arguments[i]);
        if (value)
            py_json_put(json, w->arguments[i].name, value);
        py_drop(value);
    }
    py_json_end(json);
}

/* The script says itself what it does. */
static COLD void say(const struct call *c, const struct watched *w)
{
    SCRATCH(struct py_json, json);
    uint32_t video = config.video ? VIDEO_NONE : video_of(c, w);
    if (!json)
        return;
    put_arguments(c, w, json);
    note_of(video == VIDEO_NONE ? VIDEO_CURRENT : video, span_current(call_task()), w->rule->note, json->text,
            json->bytes);
}

static COLD struct span_mark begin(const struct call *c, const struct watched *w)
{
    SCRATCH(struct py_json, json);
    if (!json)
        return (struct span_mark){0, VIDEO_NONE};
    put_arguments(c, w, json);
    struct span_start start = {.name = &w->name,
                               .task = call_task(),
                               .video = video_of(c, w),
                               .suspends = w->flags & PY_CODE_SUSPENDS,
                               .arguments = json->text,
                               .arguments_bytes = json->bytes};
    return span_begin(&start);
}

/* ---- the call ---- */

static COLD struct span_mark before(const struct call *c, const struct watched *w)
{
    struct span_mark mark = {0, VIDEO_NONE};
    int error = errno;
    if (w->kind == WATCH_SPAN && w->rule->note)
        say(c, w);
    else if (w->kind == WATCH_SPAN)
        mark = begin(c, w);
    else if (c->count > 0 || w->kind == WATCH_PRINT)
        errors_hear(w->kind, c->count > 1 ? c->args[1] : c->count > 0 ? c->args[0] : NULL);
    errno = error;
    return mark;
}

static COLD void after(struct span_mark mark, const struct watched *w, PyObject *result)
{
    int error = errno;
    if (!result)
        outcome_raised(mark);
    else if (w->flags & PY_CODE_SUSPENDS)
        suspended_begin(mark, w, result);
    else
        outcome_returned(mark, w, result);
    errno = error;
}

/* The code that call_watched is about to run. */
static __thread PyObject *entering __attribute__((tls_model("initial-exec")));

PyObject *call_watched(PyObject *function, PyObject *const *args, size_t nargsf, PyObject *names)
{
    const struct watched *w = shim_on() && !py_ends() ? watch_find(py_code_of(function)) : NULL;
    if (!w)
        return call_real(function, args, nargsf, names);
    watcher_settle(function);
    struct call c = {function, args, nargsf & ~OFFSET_FLAG, names, NULL};
    struct span_mark mark = before(&c, w);
    if (mark.span && span_depth() >= SPANS_OPEN)
        patch_undo(function); /* the deeper a recursion, the more of our frames */
    entering = w->code;
    PyObject *result = call_real(function, args, nargsf, names);
    entering = NULL;
    if (mark.span)
        after(mark, w, result);
    return result;
}

/* ---- the same by frames ---- */

const struct watched *call_to_begin(const struct frame *f)
{
    const struct watched *w = shim_on() && f->fresh && !py_ends() ? watch_find(f->code) : NULL;
    bool begun = entering == f->code || (f->generator && suspended_knows(f->generator));
    entering = NULL;
    return w && !begun && w->kind != WATCH_CLASS && watch_is_same(w, f->code) ? w : NULL;
}

struct beginning {
    const struct watched *watched;
    const struct frame *frame;
    struct span_mark mark;
};

static void begin_there(void *argument)
{
    struct beginning *b = argument;
    struct call c = {.args = b->frame->locals, .count = (size_t)b->watched->parameters, .frame = b->frame};
    struct py_error pending = py_error_take();
    b->mark = before(&c, b->watched);
    py_error_give(pending);
    if (b->mark.span && b->frame->generator)
        suspended_begin(b->mark, b->watched, b->frame->generator);
}

/* Much is on the caller's stack already, and it comes once a function. */
static COLD struct span_mark before_frame(const struct watched *w, const struct frame *f)
{
    struct beginning b = {.watched = w, .frame = f};
    stack_run(begin_there, &b);
    return b.mark;
}

PyObject *call_frame(const struct watched *w, const struct frame *f, py_evaluate run, void *state,
                     void *frame)
{
    bool plain = !f->generator;
    struct span_mark mark = before_frame(w, f);
    PyObject *result = run(state, frame, 0);
    if (mark.span && plain)
        after(mark, w, result);
    return result;
}

static COLD void begin_suspended(PyObject *object)
{
    static const char *const frames[] = {"cr_frame", "gi_frame"};
    PyObject *frame = NULL;
    for (int i = 0; i < 2 && !frame; i++)
        frame = py_attribute(object, frames[i]);
    struct frame f = frame && py_type(frame) == py.PyFrame_Type ? frame_of(frame) : (struct frame){0};
    const struct watched *w = f.code && f.generator == object ? call_to_begin(&f) : NULL;
    if (w)
        before_frame(w, &f);
    py_drop(frame);
}

static bool suspends(PyObject *o) { return py_type(o) == py.PyCoro_Type || py_type(o) == py.PyGen_Type; }

/* Since 3.11 even making one is a frame that runs. */
void call_begin_arguments(const struct frame *f)
{
    if (py.minor >= 11 || !f->fresh)
        return;
    int error = errno;
    struct py_error pending = py_error_take();
    long flags = py_number(f->code, "co_flags"),
         named = py_number(f->code, "co_argcount") + py_number(f->code, "co_kwonlyargcount");
    PyObject *more = flags & PY_CODE_ARGS ? f->locals[named] : NULL;
    for (long i = 0; i < named; i++)
        if (f->locals[i] && suspends(f->locals[i]))
            begin_suspended(f->locals[i]);
    for (long i = 0; more && i < py.PyTuple_Size(more); i++)
        if (suspends(py.PyTuple_GetItem(more, i)))
            begin_suspended(py.PyTuple_GetItem(more, i));
    py_error_give(pending);
    errno = error;
}
