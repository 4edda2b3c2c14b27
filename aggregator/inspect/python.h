/* CPython: a program of its own, or a few lines around libpython. */
#ifndef INSPECT_PYTHON_H
#define INSPECT_PYTHON_H

#include "inspect/elf.h"

struct python {
    bool is_one;
    bool has_audit;     /* it exports what the recorder asks for */
    struct str library; /* libpython; "": all is in the program */
    struct str ssl;     /* its module _ssl; "": not found, or built in */
    bool ssl_is_built_in;
    bool ssl_exports; /* the module has OpenSSL inside it, whose functions others find by name */
};

struct python python_look(struct arena *arena, struct str path, const struct elf *elf);

#endif
