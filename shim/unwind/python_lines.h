/* CPython's tables from an instruction to its line. Pure functions on untrusted bytes. */
#ifndef UNWIND_PYTHON_LINES_H
#define UNWIND_PYTHON_LINES_H

#include <stddef.h>
#include <stdint.h>

enum lines_form {
    LINES_STEPS,    /* 3.9 and before: co_lnotab */
    LINES_RANGES,   /* 3.10: co_linetable */
    LINES_LOCATIONS /* 3.11 on: co_linetable, with columns */
};

/* The line of the instruction at that offset (bytes); the code's first line where the table does not tell. */
int python_line(enum lines_form form, const uint8_t *table, size_t bytes, int first_line, int64_t offset);

#endif
