/* Fills a struct err. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
    if (err && err->code == 0) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        err->code = (int)code;
    }
    return -(int)code;
}
