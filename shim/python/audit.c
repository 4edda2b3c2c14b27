/* See python/audit.h. */
#include "python/audit.h"

#include "hook.h"

#include <string.h>

#define LOOKED_AT 16384u /* bytes of the interpreter's own variables */

/* The interpreter gives our hook back to an allocator that it may have chosen after it took the memory from
 * another (-X dev, PYTHONMALLOC): that one piece goes where it came from. */
static struct py_allocator first_allocator, last_allocator;
struct audit_place audit_place;

static void *take_first(void *context, size_t bytes)
{
    audit_place.entry = first_allocator.malloc(context, bytes);
    return audit_place.entry;
}

static void give_last(void *context, void *memory)
{
    if (memory != (void *)audit_place.entry || !memory) {
        last_allocator.free(context, memory);
        return;
    }
    first_allocator.free(first_allocator.context, memory);
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &last_allocator);
}

/* The one variable that points to our entry. Without the interpreter's lock others would not be heard. */
static void find_head(int (*hear)(const char *, PyObject *, void *))
{
    const struct link_map *where;
    void **words = hook_find_data("_PyRuntime", &where);
    size_t bytes = words ? hook_size_in(where, "_PyRuntime") : 0;
    if (!audit_place.entry || audit_place.entry[1] != (void *)hear ||
        strstr(py.Py_GetVersion(), "free-threading"))
        return;
    for (size_t i = 0; i < bytes / sizeof *words && i < LOOKED_AT / sizeof *words && !audit_place.head; i++)
        if (words[i] == (void *)audit_place.entry)
            audit_place.head = &words[i];
}

void audit_begin(int (*hear)(const char *event, PyObject *args, void *unused))
{
    py.PyMem_GetAllocator(PY_MEMORY_RAW, &first_allocator);
    struct py_allocator between = first_allocator;
    between.malloc = take_first;
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &between);
    py.PySys_AddAuditHook(hear, NULL);
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &first_allocator);
    find_head(hear);
}

void audit_end(void)
{
    audit_place.head = NULL;
    py.PyMem_GetAllocator(PY_MEMORY_RAW, &last_allocator);
    if (last_allocator.free == first_allocator.free)
        return;
    struct py_allocator between = last_allocator;
    between.free = give_last;
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &between);
}
