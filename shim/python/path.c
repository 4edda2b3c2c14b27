/* See python/path.h. */
#include "python/path.h"

#include "python/values.h"
#include "scratch.h"

#include <string.h>

struct part {
    char text[1024];
};

static size_t join(PyObject *parts, char *out, size_t room)
{
    size_t at = 0;
    SCRATCH_WITHIN(struct part, part);
    if (!part)
        return 0;
    long n = py_is(parts, py.PyList_Type) || py_is(parts, py.PyTuple_Type) ? values_size(parts) : 0;
    for (long i = 0; i < n; i++) {
        size_t bytes = py_text(values_element(parts, i), part->text, sizeof part->text, NULL);
        if (part->text[0] == '/')
            at = 0;
        if (at + bytes + 2 > room)
            return 0;
        if (at > 0 && out[at - 1] != '/' && bytes > 0)
            out[at++] = '/';
        memcpy(out + at, part->text, bytes);
        at += bytes;
    }
    out[at] = '\0';
    return at;
}

/* The texts that pathlib's classes hold, by version: what a path was made of, or its parts. */
size_t py_path_text(PyObject *o, char *out, size_t room)
{
    static const char *const holders[] = {"_raw_paths", "_parts"};
    out[0] = '\0';
    if (py_is(o, py.PyUnicode_Type))
        return py_text(o, out, room, NULL);
    bool is_path = values_type_has(o, "__fspath__");
    size_t n = 0;
    for (size_t i = 0; i < 2 && is_path && n == 0; i++) {
        PyObject *parts = py_attribute(o, holders[i]);
        n = parts ? join(parts, out, room) : 0;
        if (n == 0 && parts && values_size(parts) == 0) {
            memcpy(out, ".", 2);
            n = 1;
        }
        py_drop(parts);
    }
    return n;
}
