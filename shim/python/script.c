/* See python/script.h. */
#include "python/script.h"

#include "python/find.h"

#include <string.h>

/* How often is looked: while the script runs itself; in a row while what it called runs; the same after a
 * module that it imports has run, which is enough to come back from the import. */
#define LOOKS_MAX  2000
#define AWAY_MAX   500
#define IMPORT_MAX 200
#define DEPTH_MAX  24 /* of the import system's own functions */
#define BATCH      32 /* calls that are waited for are made so many at a time, those made meanwhile included */

static PyObject *script; /* its code, while functions of it are awaited; not held: its end is told */
static const char *script_file;
static int looks, left; /* of the main thread */
static bool armed;

static bool runs_script(PyObject *frame)
{
    PyObject *code = frame ? py.PyFrame_GetCode(frame) : NULL;
    py_drop(code);
    return code && code == script;
}

static PyObject *main_names(void)
{
    PyObject *modules = py.PyImport_GetModuleDict();
    PyObject *main = modules ? py.PyDict_GetItemString(modules, "__main__") : NULL;
    return main && py_type(main) == py.PyModule_Type ? py.PyModule_GetDict(main) : NULL;
}

static void look(void)
{
    struct py_error e = py_error_take();
    PyObject *names = main_names();
    bool here = runs_script(py.PyEval_GetFrame()), missing = !names || find_in(names, NULL) > 0;
    if (!missing || (here && ++looks > LOOKS_MAX)) {
        script = NULL;
        left = 0;
    } else {
        left = here ? AWAY_MAX : left - 1;
    }
    py_error_give(e);
}

/* Between two steps. */
static int on_pending(void *unused)
{
    static uint32_t calls;
    (void)unused;
    if (++calls % BATCH == 0)
        look();
    armed = left > 0 && py.Py_AddPendingCall(on_pending, NULL) == 0;
    return 0;
}

static void arm(int times)
{
    left = times > left ? times : left;
    if (!armed)
        armed = py.Py_AddPendingCall(on_pending, NULL) == 0;
}

/* The script knows its file; where it knows none, it may be about to get what another module defines, as
 * multiprocessing's children do. */
void script_expect(PyObject *code, const char *file)
{
    char text[1024];
    PyObject *names = main_names(), *its = names ? py.PyDict_GetItemString(names, "__file__") : NULL;
    if (!py_is_none(its) && py_text(its, text, sizeof text, NULL) > 0 && strcmp(text, file) != 0)
        return;
    script = code;
    script_file = file;
    looks = 0;
    arm(AWAY_MAX);
}

bool script_awaits(void) { return script; }

static bool is_of_the_import_system(PyObject *frame)
{
    char file[sizeof "<frozen"];
    PyObject *code = py.PyFrame_GetCode(frame), *text = py_attribute(code, "co_filename");
    py_text(text, file, sizeof file, NULL);
    py_drop(text);
    py_drop(code);
    return strcmp(file, "<frozen") == 0;
}

static bool was_imported_by_script(void)
{
    PyObject *frame = py.PyEval_GetFrame();
    if (frame)
        py.Py_IncRef(frame);
    for (int i = 0; i < DEPTH_MAX && frame && is_of_the_import_system(frame); i++) {
        PyObject *caller = py.PyFrame_GetBack(frame);
        py_drop(frame);
        frame = caller;
    }
    bool is = runs_script(frame);
    py_drop(frame);
    return is;
}

void script_hear_end(const char *file)
{
    if (script && file == script_file)
        script = NULL;
    else if (script && was_imported_by_script())
        arm(IMPORT_MAX);
}
