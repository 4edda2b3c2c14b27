/* The writer's half of a thread: its current video and the chunks it writes into.
 *
 * Each thread has a few writers, one a video, and one for signal handlers that interrupt the recording of
 * another event. All of it lies in memory that the kernel wipes in a forked child (MADV_WIPEONFORK): a child
 * whose fork no hook saw finds no room in its writers and starts anew; the fork hooks do the same by hand. A
 * vfork child uses its parent's thread, under an identity of its own. */
#ifndef SHIM_THREADS_H
#define SHIM_THREADS_H

#include "scratch.h"
#include "self.h"
#include "shim.h"
#include "vl/spool.h"

#include <stdbool.h>
#include <stdint.h>

#define WRITERS       4   /* videos a thread works on in turn before it gives up a chunk */
#define SEEN_FDS      256 /* a power of two */
#define SPAN_NAMES    256 /* functions that are told apart */
#define SPANS_OPEN    32  /* spans within each other that know which is around them */
#define VIDEO_CURRENT UINT32_MAX

/* A chunk being filled. limit is 0 while an event is being stored, so that one comparison tells a signal
 * handler and a full chunk alike that this writer is not to be used as it is. */
struct writer {
    uintptr_t cursor; /* where the next event goes */
    uintptr_t limit;  /* end of the chunk, or 0 */
    uintptr_t end;    /* end of the chunk */
    uintptr_t frame;  /* of the function that is storing an event: THIS_FRAME there */
    uint64_t last;    /* end of the event before, in units of 2^shim.shift ticks */
    uint8_t *base;    /* the chunk; NULL: none yet */
    uint32_t bytes;
    uint32_t video;
    uint32_t most;    /* bytes that an event in this chunk was allowed at the most */
    uint32_t used;    /* when: the least recent is given up */
    uint32_t subject; /* pid that the events belong to since the last subject_change, 0: the process's own */
    uint64_t span_names[SPAN_NAMES / 64]; /* functions that this chunk knows */
    uint32_t seen[SEEN_FDS];              /* serial of the descriptor that this chunk knows, by number */
};

/* A span of this thread that has not ended. */
struct open_span {
    uint64_t span, task;
    uint32_t video;        /* that its events belong to */
    uint32_t video_before; /* the thread's, to go back to */
    bool held_before;
    bool names_video;
    bool suspends; /* a generator: what runs now need not be inside it */
};

struct thread {
    uint32_t tid;    /* 0: not set up, or wiped by a fork */
    uint32_t video;  /* the current one */
    bool video_held; /* a span or the program itself named it: paths do not change it */
    uint32_t chunks; /* claimed so far */
    uint32_t turn;
    uint32_t refused;             /* enum vl_reason: why the last claim failed */
    uint64_t refused_until;       /* ticks: no claim is tried before, what comes meanwhile is counted */
    struct identity child;        /* of a vfork child that runs on this thread; pid 0: none */
    struct identity outer_child;  /* of the vfork child that this one is a vfork child of */
    uint32_t marked_before_child; /* writers in use below a signal handler that called vfork */
    uint32_t pieces_before_child; /* of scratch, likewise */
    void *child_left;             /* that a vfork child mapped for the program that it executes */
    size_t child_left_bytes;
    bool child_is_stranger;  /* it executes a program that nobody will see from inside */
    struct scratch *scratch; /* memory that survives a fork */
    uint32_t span_count;
    struct open_span spans[SPANS_OPEN]; /* outermost first */
    struct writer *current;             /* of `video` */
    struct writer writers[WRITERS];
    struct writer nested;
};

extern __thread struct thread *thread_self __attribute__((tls_model("initial-exec")));

/* Once, before main: memory that forks wipe. */
void threads_init(void);

/* This thread, set up if need be; NULL if there is no room. Signals may be on. */
struct thread *thread_get(void);

/* When the call began by which this thread forks; 0: it is at none. A child finds it in its copy. */
extern __thread uint64_t thread_fork_call __attribute__((tls_model("initial-exec")));

/* In a child of fork: takes on its identity, unless that has happened already. */
void threads_check_fork(void);

/* Before a fork: the same, in a child that no hook announced and that has recorded nothing yet. */
void threads_before_fork(void);

/* A vfork child begins to run on this thread; its parent goes on. */
void thread_child_begins(struct thread *t);
void thread_child_ends(struct thread *t);

/* In a vfork child: what is to be unmapped when its parent goes on; NULL: nothing. */
void thread_child_left(void *mapping, size_t bytes);

/* The chunk that an address lies in, of any thread. From a signal handler. */
bool threads_find_chunk(uintptr_t address, void **base, uint32_t *bytes);

/* Ends this thread's chunks for good: sizes and checksums. What is recorded later begins a new one. */
void thread_finish(struct thread *t);

/* Where on the stack a recording begins. A writer that is marked by a frame at or below the present one
 * belongs to nobody any more: a signal handler left that frame by longjmp. */
#define THIS_FRAME ((uintptr_t)__builtin_frame_address(0))

/* A writer with room for one event of up to `bytes`, marked busy, or NULL (counted). Its caller stores at
 * cursor and calls writer_commit. */
struct writer *writer_begin(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame);

/* Before this thread may ask the kernel for nothing any more: room for what is still to come. */
void thread_stock_up(struct thread *t);

/* The number of this thread's current video changes; its writer is found when it is next used. */
static inline void thread_set_video(struct thread *t, uint32_t video)
{
    t->video = video;
    __atomic_store_n(&t->current, NULL, __ATOMIC_RELEASE); /* pairs with thread_take_over */
}

static inline bool thread_is_vfork_child(void) { return thread_self && thread_self->child.pid != 0; }

/* The identity that events of this thread belong to. */
static inline struct identity thread_identity(void)
{
    return thread_is_vfork_child() ? thread_self->child : self.process;
}

/* Marks the writer busy until writer_commit. */
static inline void writer_mark(struct writer *w, uintptr_t frame)
{
    w->limit = 0;
    w->frame = frame;
    compiler_barrier();
}

/* Gives a marked writer back with nothing stored. A closed one has no end, so it stays closed. */
static inline void writer_release(struct writer *w)
{
    __atomic_store_n(&w->limit, w->end, __ATOMIC_RELEASE); /* pairs with thread_take_over */
}

/* Makes the event between cursor and end visible by storing its first byte last. */
static inline void writer_commit(struct writer *w, uint8_t code, uint8_t *end, uint64_t time)
{
    /* pairs with the reader's rule: a zero ends the chunk */
    __atomic_store_n((uint8_t *)w->cursor, code, __ATOMIC_RELEASE);
    compiler_barrier();
    w->cursor = (uintptr_t)end;
    w->last = time;
    writer_release(w);
}

/* Varint of the ticks since the last event's end; a counter that runs backwards counts as no time. */
static inline uint64_t writer_since(const struct writer *w, uint64_t end)
{
    return end > w->last ? end - w->last : 0;
}

#endif
