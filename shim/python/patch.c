/* See python/patch.h. */
#include "python/patch.h"

#include "python/call.h"
#include "python/find.h"
#include "python/function.h"
#include "python/watcher.h"

#define FIRST_WITH_WATCHERS 12

void patch_undo(PyObject *function)
{
    if (py.minor >= FIRST_WITH_WATCHERS)
        py.PyFunction_SetVectorcall(function, call_real);
    else
        function_undo(function);
}

void patch_expect(PyObject *code, const struct watch_found *found)
{
    if (py.minor < FIRST_WITH_WATCHERS)
        find_expect(code, found);
    else if (found->functions > 0)
        watcher_begin();
}
