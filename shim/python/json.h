/* JSON in a buffer: its texts and numbers. */
#ifndef SHIM_PYTHON_JSON_H
#define SHIM_PYTHON_JSON_H

#include "python/api.h"

#define JSON_BYTES 4096u

/* An object that is being written. */
struct py_json {
    size_t bytes;
    bool cut;
    uintptr_t frame; /* of who puts the present value into it */
    char text[JSON_BYTES];
};

void py_json_begin(struct py_json *);
/* There is always room for this. */
void py_json_end(struct py_json *);

/* False: it does not fit, and some of it may stand there. */
bool json_put(struct py_json *, const char *text, size_t bytes);
bool json_put_text(struct py_json *, const char *text);
bool json_put_quoted(struct py_json *, const char *text, size_t bytes);
bool json_put_string(struct py_json *, PyObject *);
bool json_put_whole(struct py_json *, PyObject *);
bool json_put_float(struct py_json *, PyObject *);

#endif
