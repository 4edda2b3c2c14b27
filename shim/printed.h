/* The text of a printf that has reached the kernel, for the lines: formatted once more. */
#ifndef SHIM_PRINTED_H
#define SHIM_PRINTED_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The first bytes of what format and list make were written to descriptor 1 or 2. errno as it was before
 * the call, for %m; it may change. */
void printed(int fd, size_t bytes, const char *format, va_list list);

/* Formatting once more has no effect but the text: no %n, no conversion of the program's own. */
bool printed_is_safe(const char *format);

#endif
