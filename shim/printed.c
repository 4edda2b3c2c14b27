/* Formatting once more; see printed.h. */
#include "printed.h"

#include "apart.h"
#include "config.h"
#include "hook.h"
#include "lines.h"
#include "memory.h"
#include "user_memory.h"

#include <stdio.h>
#include <string.h>

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

/* In pages of its own where it is long. */
static __attribute__((noinline)) void format_text(struct printed *p, const char *format, va_list list)
{
    va_list again;
    if (config.lines == LINES_NONE || !printed_is_safe(format) || !(p->text = user_room_take()))
        return;
    va_copy(again, list);
    int n = REAL(vsnprintf)(p->text, USER_ROOM_BYTES, format, list);
    p->length = n > 0 ? (size_t)n : 0;
    if (p->length >= USER_ROOM_BYTES) {
        user_room_give(p->text, USER_ROOM_BYTES);
        p->mapped = p->length + 1;
        p->text = memory_map(p->mapped);
        if (p->text && REAL(vsnprintf)(p->text, p->mapped, format, again) != n)
            p->length = 0;
    }
    va_end(again);
}

static __attribute__((noinline)) void give_back(struct printed *p)
{
    if (p->text && p->mapped)
        raw(SYS_munmap, p->text, p->mapped);
    else if (p->text)
        user_room_give(p->text, p->length);
    p->text = NULL;
}

COLD struct printed printed_before(int fd, bool at_once, const char *format, va_list list)
{
    struct printed p = {NULL, 0, 0};
    int error = errno;
    va_list again;
    if (!format || (unsigned)(fd - 1) >= 2 || (apart_is_alone() && !at_once))
        return p;
    va_copy(again, list);
    format_text(&p, format, again);
    va_end(again);
    errno = error;
    return p;
}

COLD void printed_after(struct printed *p, int fd, size_t bytes, int error, const char *format, va_list list)
{
    bool wanted = bytes > 0 && (unsigned)(fd - 1) < 2;
    errno = error;
    if (wanted && !p->text && apart_is_alone())
        format_text(p, format, list);
    size_t n = bytes < p->length ? bytes : p->length;
    if (wanted && p->text && n > 0)
        lines_said(fd, p->text, n);
    give_back(p);
}
