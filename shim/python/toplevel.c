/* See python/toplevel.h. All of it is guarded by the interpreter's lock, of which these versions have one. */
#include "python/toplevel.h"

#include "python/call.h"
#include "python/find.h"
#include "python/frame.h"
#include "raw.h"

#include <errno.h>

#define INTERPRETERS 16u
#define AWAITED      8u
#define PATIENCE                                                                                             \
    10000 /* frames for which a module is awaited: an audit hook of the program's may refuse it */
#define LOOKS                                                                                                \
    500 /* at a module's calls since one that began a span; then only while functions are missing            \
         */

/* Where frames pass by. */
static struct interpreter {
    PyObject *state;
    unsigned wanted;  /* by how many modules that are awaited, or run and call nothing at present */
    py_evaluate real; /* what runs frames without us */
    bool buried;      /* somebody else keeps ours, to call it: it is not put in front again */
} interpreters[INTERPRETERS] TABLE;

static struct awaited {
    PyObject *code; /* not held; NULL: free */
    const char *file;
    struct interpreter *in;
    int patience;
} awaited[AWAITED] TABLE;
static unsigned awaited_count;

/* A module that runs in this thread. */
struct run {
    PyObject *globals;
    const char *file;
    struct interpreter *in;
    struct run *outer;
    long size; /* of globals when they were last looked at */
    int looks, missing;
    bool calls; /* it has called something, which runs now */
    bool done;  /* nothing is expected of it any more */
};
static __thread struct run *run __attribute__((tls_model("initial-exec")));

static PyObject *evaluate(void *state, void *frame, int thrown);

/* ---- in front of the interpreter's own ---- */

static struct interpreter *interpreter_here(void)
{
    PyObject *state = py.PyInterpreterState_Get();
    struct interpreter *in = interpreters;
    while (in < interpreters + INTERPRETERS && in->state && in->state != state)
        in++;
    if (in == interpreters + INTERPRETERS)
        return NULL;
    in->state = state;
    return in;
}

static void want(struct interpreter *in, int change)
{
    bool had = in->wanted > 0, has = (in->wanted += (unsigned)change) > 0;
    if (had == has || in->buried)
        return;
    py_evaluate now = py._PyInterpreterState_GetEvalFrameFunc(in->state);
    if (has) {
        in->real = now == evaluate ? in->real : now;
        py._PyInterpreterState_SetEvalFrameFunc(in->state, evaluate);
    } else if (now == evaluate) {
        py._PyInterpreterState_SetEvalFrameFunc(in->state, in->real);
    } else {
        in->buried = true;
    }
}

static PyObject *run_frame(void *state, void *frame, int thrown)
{
    struct interpreter *in = interpreter_here();
    py_evaluate real = in && in->real ? in->real : py._PyEval_EvalFrameDefault;
    return real(state, frame, thrown);
}

/* ---- modules that are about to run ---- */

static void forget(struct awaited *a)
{
    a->code = NULL;
    awaited_count--;
}

void toplevel_expect(PyObject *code, const char *file)
{
    struct interpreter *in = py._PyEval_EvalFrameDefault && py._PyInterpreterState_SetEvalFrameFunc &&
                                     py._PyInterpreterState_GetEvalFrameFunc
                                 ? interpreter_here()
                                 : NULL;
    for (struct awaited *a = awaited; in && a < awaited + AWAITED; a++) {
        if (a->code)
            continue;
        *a = (struct awaited){code, file, in, PATIENCE};
        awaited_count++;
        want(in, 1);
        return;
    }
}

/* The entry is free again, but what it wants stays: good until the next one is awaited. NULL: it is not. */
static const struct awaited *find_awaited(PyObject *code)
{
    for (struct awaited *a = awaited; awaited_count > 0 && a < awaited + AWAITED; a++) {
        if (a->code && a->code == code) {
            forget(a);
            return a;
        }
        if (a->code && --a->patience == 0) {
            forget(a);
            want(a->in, -1);
        }
    }
    return NULL;
}

/* ---- modules that run ---- */

static COLD void look(struct run *r)
{
    int error = errno;
    struct py_error e = py_error_take();
    r->size = py.PyDict_Size(r->globals);
    r->missing = find_in(r->globals, r->file);
    py_error_give(e);
    errno = error;
}

static COLD PyObject *run_module(const struct awaited *module, PyObject *globals, void *state, void *frame)
{
    struct run r = {.globals = globals, .file = module->file, .in = module->in, .outer = run};
    py.Py_IncRef(globals);
    run = &r;
    PyObject *result = run_frame(state, frame, 0);
    run = r.outer;
    if (!r.done) {
        want(r.in, -1);
        look(&r);
    }
    py_drop(globals);
    return result;
}

static COLD PyObject *run_called(struct run *r, const struct frame *f, void *state, void *frame)
{
    const struct watched *w = call_to_begin(f);
    r->looks = w ? 0 : r->looks + 1;
    if (r->looks < LOOKS || py.PyDict_Size(r->globals) != r->size)
        look(r);
    r->done = r->missing == 0 && r->looks >= LOOKS;
    call_begin_arguments(f);
    r->calls = true;
    want(r->in, -1);
    PyObject *result = w ? call_frame(w, f, run_frame, state, frame) : run_frame(state, frame, 0);
    r->calls = false;
    if (!r->done)
        want(r->in, 1);
    return result;
}

static __attribute__((noinline)) PyObject *pass_by(void *state, void *frame)
{
    struct frame f = frame_of(frame);
    const struct awaited *module = f.code ? find_awaited(f.code) : NULL;
    if (module)
        return run_module(module, f.globals, state, frame);
    return f.code && run && !run->calls ? run_called(run, &f, state, frame) : run_frame(state, frame, 0);
}

static PyObject *evaluate(void *state, void *frame, int thrown)
{
    bool known = !thrown && (awaited_count > 0 || run);
    return known ? pass_by(state, frame) : run_frame(state, frame, thrown);
}
