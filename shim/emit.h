/* One typed writer per event of events.def: EMIT(file_open, video, timing, .fd = 3, .path = ...).
 *
 * Strings are given as struct span or struct args and copied. Any context; no system call but where a chunk
 * is full; errno is untouched. */
#ifndef SHIM_EMIT_H
#define SHIM_EMIT_H

#include "args.h"
#include "clock.h"
#include "redact.h"
#include "seals.h"
#include "threads.h"
#include "vl/event.h"

#include <string.h>

struct span {
    const void *bytes;
    uint32_t length;
    uintptr_t mask; /* true: hide keys and tokens in the copy; a struct seal's address: seal it, too */
};

static inline struct span span_of(const char *text)
{
    return (struct span){text, (uint32_t)strlen(text), false};
}

#define SPAN_SEALED(s) unlikely((s).mask > 1)

static inline uint32_t span_bytes(struct span s) { return s.length + (SPAN_SEALED(s) ? VL_SEAL_HEAD : 0); }

#define VL_U(name)    uint64_t name;
#define VL_I(name)    int64_t name;
#define VL_S(name)    struct span name;
#define VL_ARGV(name) struct args name;
#define VL_EVENT(name, code, kind, call, fields)                                                             \
    struct event_##name {                                                                                    \
        fields                                                                                               \
    };
#include "vl/events.def"
#undef VL_EVENT
#undef VL_U
#undef VL_I
#undef VL_S
#undef VL_ARGV

/* What the fields take at most. */
#define VL_U(name)    +VL_VARINT_MAX
#define VL_I(name)    +VL_VARINT_MAX
#define VL_S(name)    +VL_VARINT_MAX + span_bytes(e->name)
#define VL_ARGV(name) +VL_VARINT_MAX + e->name.bytes
#define VL_EVENT(name, code, kind, call, fields)                                                             \
    static inline uint32_t event_##name##_bound(const struct event_##name *e)                                \
    {                                                                                                        \
        (void)e;                                                                                             \
        return 0 fields;                                                                                     \
    }
#include "vl/events.def"
#undef VL_EVENT
#undef VL_U
#undef VL_I
#undef VL_S
#undef VL_ARGV

static inline uint8_t *emit_span(uint8_t *p, struct span s)
{
    p = vl_put_varint(p, span_bytes(s));
    if (SPAN_SEALED(s))
        return seals_put(p, s.bytes, s.length, (const struct seal *)s.mask);
    if (s.mask)
        redact_copy((char *)p, s.length, s.bytes, s.length);
    else
        memcpy(p, s.bytes, s.length);
    return p + s.length;
}

static inline uint8_t *emit_args(uint8_t *p, const struct args *a)
{
    p = vl_put_varint(p, a->bytes);
    args_write(a, (char *)p);
    return p + a->bytes;
}

/* In place of emit_args where there are none; the compiler then leaves the other and its stack out. */
static inline uint8_t *emit_no_args(uint8_t *p, const struct args *a)
{
    (void)a;
    return vl_put_varint(p, 0);
}

typedef uint8_t *emit_args_function(uint8_t *p, const struct args *a);

#define VL_U(name)    p = vl_put_varint(p, e->name);
#define VL_I(name)    p = vl_put_varint(p, vl_zigzag(e->name));
#define VL_S(name)    p = emit_span(p, e->name);
#define VL_ARGV(name) p = put_args(p, &e->name);
#define VL_EVENT(name, code, kind, call, fields)                                                             \
    static inline __attribute__((always_inline))                                                             \
    uint8_t *event_##name##_put(uint8_t *p, const struct event_##name *e, emit_args_function *put_args)      \
    {                                                                                                        \
        (void)e;                                                                                             \
        (void)put_args;                                                                                      \
        fields return p;                                                                                     \
    }
#include "vl/events.def"
#undef VL_EVENT
#undef VL_U
#undef VL_I
#undef VL_S
#undef VL_ARGV

/* The long form's length is stored before it is known: in as many bytes as the bound needs. */
#define EMIT_HEAD 4u

static inline uint8_t *emit_length(uint8_t *p, uint32_t room, uint32_t length)
{
    for (uint32_t i = 0; i + 1 < room; i++, length >>= 7)
        *p++ = (uint8_t)(length | 0x80);
    *p++ = (uint8_t)length;
    return p;
}

static inline uint8_t *emit_timing(uint8_t *p, const struct writer *w, struct timing t)
{
    p = vl_put_varint(p, writer_since(w, t.end));
    return vl_put_varint(p, t.end - t.start);
}

/* Into a writer that is marked busy and has room. Without words of a command. */
#define EMIT_INTO(writer, name, timing, ...)                                                                 \
    do {                                                                                                     \
        const struct event_##name emit_e = {__VA_ARGS__};                                                    \
        emit_store_##name((writer), (timing), &emit_e, event_##name##_bound(&emit_e), emit_no_args);         \
    } while (0)

/* The writer that holds it now, or NULL. */
#define EMIT(name, video, timing, ...)                                                                       \
    ({                                                                                                       \
        const struct event_##name emit_e = {__VA_ARGS__};                                                    \
        emit_##name((video), (timing), &emit_e, THIS_FRAME);                                                 \
    })

#define VL_EVENT(name, code, kind, call, fields)                                                             \
    static inline __attribute__((always_inline)) void emit_store_##name(                                     \
        struct writer *w, struct timing t, const struct event_##name *e, uint32_t bound,                     \
        emit_args_function *put_args)                                                                        \
    {                                                                                                        \
        uint8_t *start = (uint8_t *)w->cursor, *p = start + 1;                                               \
        if ((code) < VL_COMPACT) {                                                                           \
            uint32_t most = bound + 2 * VL_VARINT_MAX, room = most < 128 ? 1 : most < 16384 ? 2 : 3;         \
            uint8_t *body = p + room;                                                                        \
            p = event_##name##_put(emit_timing(body, w, t), e, put_args);                                    \
            emit_length(start + 1, room, (uint32_t)(p - body));                                              \
        } else {                                                                                             \
            p = event_##name##_put(emit_timing(p, w, t), e, put_args);                                       \
        }                                                                                                    \
        writer_commit(w, (code), p, w->last + writer_since(w, t.end));                                       \
    }                                                                                                        \
    static COLD __attribute__((unused)) struct writer *emit_##name(                                          \
        uint32_t video, struct timing t, const struct event_##name *e, uintptr_t frame)                      \
    {                                                                                                        \
        uint32_t bound = event_##name##_bound(e);                                                            \
        struct thread *thread = thread_get();                                                                \
        struct writer *w =                                                                                   \
            thread ? writer_begin(thread, video, bound + EMIT_HEAD + 2 * VL_VARINT_MAX, frame) : NULL;       \
        if (w)                                                                                               \
            emit_store_##name(w, t, e, bound, emit_args);                                                    \
        return w;                                                                                            \
    }
#include "vl/events.def"
#undef VL_EVENT

#endif
