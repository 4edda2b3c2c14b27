/* Formatting once more; see printed.h. */
#include "printed.h"

#include "config.h"
#include "hook.h"
#include "lines.h"
#include "memory.h"
#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct text {
    char text[4096];
};

CALLS(int, vsnprintf, (char *, size_t, const char *, va_list));

bool printed_is_safe(const char *format)
{
    for (const char *p = format; (p = strchr(p, '%')); p++) {
        p += 1 + strspn(p + 1, "0123456789$-+ #'I*.hlLqjzZt");
        if (*p == '\0' || !strchr("diouxXeEfFgGaAcsCSpm%", *p))
            return false;
    }
    return true;
}

/* In a page of its own where it is long. */
static void print_long(int fd, size_t length, size_t bytes, const char *format, va_list list)
{
    char *text = memory_map(length + 1);
    if (!text)
        return;
    if (REAL(vsnprintf)(text, length + 1, format, list) == (int)length)
        lines_written(fd, text, bytes < length ? bytes : length);
    raw(SYS_munmap, text, length + 1);
}

COLD void printed(int fd, size_t bytes, const char *format, va_list list)
{
    if (config.lines == LINES_NONE || !printed_is_safe(format))
        return;
    SCRATCH(struct text, room);
    if (!room)
        return;
    va_list again;
    va_copy(again, list);
    int n = REAL(vsnprintf)(room->text, sizeof room->text, format, list);
    if (n >= (int)sizeof room->text)
        print_long(fd, (size_t)n, bytes, format, again);
    else if (n > 0)
        lines_written(fd, room->text, bytes < (size_t)n ? bytes : (size_t)n);
    va_end(again);
}
