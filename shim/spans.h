/* Spans: stretches of a thread's time with a name, inside each other, and what goes wrong in them. Any
 * thread, no signal handler. errno is untouched. */
#ifndef SHIM_SPANS_H
#define SHIM_SPANS_H

#include "vl/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a span is called; number: below SPAN_NAMES, one for each function. */
struct span_name {
    uint32_t number;
    const char *function, *file;
};

struct span_start {
    const struct span_name *name;
    uint64_t task;  /* 0: none */
    uint32_t video; /* that it names, or VIDEO_NONE */
    bool suspends;  /* it runs now and then: the thread's video stays, what begins then is not inside it */
    const char *arguments;
    size_t arguments_bytes;
};

/* One that has begun; span 0: it is not recorded. */
struct span_mark {
    uint64_t span;
    uint32_t video;
};

struct span_mark span_begin(const struct span_start *);
void span_end(struct span_mark, enum vl_span_end how, const char *result, size_t result_bytes);

/* The innermost open span of this thread, in a task if there is one; 0: none. */
uint64_t span_current(uint64_t task);

/* How many spans of this thread are open. */
uint32_t span_depth(void);

/* Something raised. text may be cut; what was told before is told again only now and then, with how often. */
struct raised {
    enum vl_raise how;
    uint64_t span, count;
    const char *type, *message, *text;
    size_t text_bytes;
};
void span_raise(const struct raised *);

/* One more of these happened: how often since it was told the last time, or 0 where it is not worth telling
 * now. */
uint64_t span_raise_count(enum vl_raise how, const char *type, const char *message, uint64_t place);

#endif
