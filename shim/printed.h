/* The text of a printf that has reached the kernel, for the lines: formatted once more, by us. What it is
 * made of may be gone when the call returns, so that is done before it; but where nobody else is there, and
 * most calls write nothing out, after one that did. */
#ifndef SHIM_PRINTED_H
#define SHIM_PRINTED_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct printed {
    char *text; /* NULL: not formatted yet, or not at all */
    size_t length, mapped;
};

/* A call begins that prints to a descriptor; at_once: it most likely writes out what it is given. errno is
 * untouched. */
struct printed printed_before(int fd, bool at_once, const char *format, va_list list);

/* So many first bytes of it were written to descriptor 1 or 2. error: errno as it was before the call, for
 * %m; errno may change. */
void printed_after(struct printed *, int fd, size_t bytes, int error, const char *format, va_list list);

/* Formatting once more has no effect but the text: no %n, no conversion of the program's own. */
bool printed_is_safe(const char *format);

#endif
