/* The events of events.def as C: codes, values of fields, and the number format both sides use. */
#ifndef VL_EVENT_H
#define VL_EVENT_H

#include <stddef.h>
#include <stdint.h>

enum vl_code {
#define VL_EVENT(name, code, kind, call, fields) VL_##name = code,
#include "events.def"
#undef VL_EVENT
};

enum vl_reason {
#define VL_REASON(name, number, text) VL_REASON_##name = number,
#include "reason.def"
#undef VL_REASON
    VL_REASON_COUNT = 64 /* room in the control chunk, not the number in use */
};

/* The long form's code is below this; a compact code has it set. */
#define VL_COMPACT 0x80u

/* Varints that follow a compact code, `since` and `took` included. */
static inline unsigned vl_compact_varints(uint8_t code) { return ((code >> 5) & 3u) + 2u; }

/* fd_define.type, pipe_make.type */
enum vl_fd_type {
    VL_FD_FILE = 0, /* regular file, or not known better */
    VL_FD_DIRECTORY = 1,
    VL_FD_PIPE = 2,
    VL_FD_SOCKET = 3,
    VL_FD_TERMINAL = 4,
    VL_FD_DEVICE = 5,
    VL_FD_OTHER = 6 /* epoll, eventfd, memfd ...: has no path */
};

/* process_start.how, process_spawn.how */
enum vl_start {
    VL_START_EXEC = 0, /* a program image began: image counts them within a process, from 0 */
    VL_START_FORK = 1,
    VL_START_VFORK = 2,
    VL_START_POSIX_SPAWN = 3,
    VL_START_SYSTEM = 4,
    VL_START_POPEN = 5,
    VL_START_CLONE = 6
};

/* process_exit.how */
enum vl_exit {
    VL_EXIT_RETURN = 0,    /* exit() or return from main: status seen by an exit handler */
    VL_EXIT_IMMEDIATE = 1, /* _exit, _Exit */
    VL_EXIT_QUICK = 2
};

/* text_print.flags */
enum vl_text_flag {
    VL_TEXT_CUT_BEFORE = 1, /* bytes before this piece were not kept */
    VL_TEXT_CUT_AFTER = 2,  /* bytes of the same write after this piece were not kept */
    VL_TEXT_MARKED = 4,     /* a whole line, kept because a marker matched */
    VL_TEXT_READ = 8,       /* read by the parent from the child's pipe, not written by this process */
    VL_TEXT_SEALED = 16     /* under seal: vl/seal.h */
};

/* api_request.via: what the figures of a call rest on */
enum vl_api_via { VL_API_TLS = 0, VL_API_PLAIN = 1 };

/* api_end.how */
enum vl_api_end {
    VL_API_COMPLETE = 0, /* the answer came whole */
    VL_API_CUT = 1,      /* the connection ended or was reset before */
    VL_API_RESET = 2,    /* HTTP/2 RST_STREAM */
    VL_API_NOT_READ = 3 /* the tap lost the thread (not HTTP, memory bound): nothing is known from there on */
};

/* process_stack.how */
enum vl_unwind {
    VL_UNWIND_TABLES = 1, /* by the unwind tables of each module */
    VL_UNWIND_FRAMES = 2  /* along the frame pointers alone: may be short where code keeps none */
};

/* span_end.how */
enum vl_span_end { VL_SPAN_RETURN = 0, VL_SPAN_RAISE = 1, VL_SPAN_CANCEL = 2 };

/* exception_raise.how */
enum vl_raise {
    VL_RAISE_UNCAUGHT = 0, /* it ended the program or a thread */
    VL_RAISE_CAUGHT = 1,   /* the program handled it */
    VL_RAISE_WARNING = 2,  /* warnings.warn, SyntaxWarning */
    VL_RAISE_LOGGED = 3,   /* through a log handler, with exc_info */
    VL_RAISE_LEFT = 4,     /* it left a span's function; what became of it then is not known */
    VL_RAISE_LOST = 5,     /* nobody could catch it: in a destructor, a callback (sys.unraisablehook) */
    VL_RAISE_SEALED = 64   /* added: message and text are under seal (vl/seal.h) */
};

/* Longest varint of 64 bits. */
#define VL_VARINT_MAX 10

static inline uint64_t vl_zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }
static inline int64_t vl_unzigzag(uint64_t v) { return (int64_t)(v >> 1) ^ -(int64_t)(v & 1); }

/* Stores v at p, least significant seven bits first; returns the byte after it. */
static inline uint8_t *vl_put_varint(uint8_t *p, uint64_t v)
{
    while (v >= 0x80) {
        *p++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *p++ = (uint8_t)v;
    return p;
}

/* Reads a varint at p, before end; returns the byte after it, or NULL if it is cut off or too long. */
static inline const uint8_t *vl_get_varint(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
    uint64_t value = 0;
    for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
        uint8_t byte = *p++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *v = value;
            return p;
        }
    }
    return NULL;
}

#endif
