/* Threads, forks and vfork children. Everything here that is not inline runs rarely: at a thread's first
 * event, and when a process forks. */
#include "threads.h"

#include "confine.h"
#include "env.h"
#include "fds.h"
#include "lines.h"
#include "memory.h"
#include "samples.h"
#include "spool.h"
#include "video.h"
#include "writers.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define FIRST_THREADS   8
#define SEGMENT_THREADS 32
#define SEGMENTS_MAX    128
#define THREADS_MAX     (FIRST_THREADS + SEGMENT_THREADS * SEGMENTS_MAX)
_Static_assert(THREADS_MAX == SCRATCH_PLACES, "each has scratch memory");

__thread struct thread *thread_self;
__thread const uint64_t thread_mark = THREAD_MARK;
__thread uint64_t thread_fork_call;

/* Wiped by forks. */
static struct {
    uint32_t alive; /* 0: this process is a fork that no hook announced */
    struct thread first[FIRST_THREADS];
} wiped __attribute__((aligned(VL_PAGE), section(".bss.wiped")));

static struct thread *segments[SEGMENTS_MAX] TABLE; /* atomic; each wiped by forks too */

/* Who has which thread, by tid; not wiped, so that an unannounced fork leaves its parent's threads alone.
 * Atomic. */
static uint32_t first_owners[FIRST_THREADS];
static uint32_t more_owners[THREADS_MAX - FIRST_THREADS] TABLE;
static uint32_t owner_count; /* atomic: entries ever used */

static uint32_t *owner_at(uint32_t i)
{
    return i < FIRST_THREADS ? &first_owners[i] : &more_owners[i - FIRST_THREADS];
}

static void wipe_on_fork(void *p, size_t bytes) { raw(SYS_madvise, p, bytes, MADV_WIPEONFORK); }

void threads_init(void)
{
    wipe_on_fork(&wiped, sizeof wiped);
    wiped.alive = 1;
}
static struct thread *thread_at(uint32_t i)
{
    if (i < FIRST_THREADS)
        return &wiped.first[i];
    i -= FIRST_THREADS;
    struct thread *segment = __atomic_load_n(&segments[i / SEGMENT_THREADS], __ATOMIC_ACQUIRE);
    return segment ? &segment[i % SEGMENT_THREADS] : NULL;
}

static struct thread *thread_make(uint32_t i)
{
    struct thread *t = thread_at(i);
    if (t)
        return t;
    struct thread *fresh = memory_map(sizeof *fresh * SEGMENT_THREADS), *none = NULL;
    if (!fresh)
        return NULL;
    wipe_on_fork(fresh, sizeof *fresh * SEGMENT_THREADS);
    struct thread **segment = &segments[(i - FIRST_THREADS) / SEGMENT_THREADS];
    if (!__atomic_compare_exchange_n(segment, &none, fresh, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        raw(SYS_munmap, fresh, sizeof *fresh * SEGMENT_THREADS);
    return thread_at(i);
}

/* The thread of that place has ended, as the kernel says: what it stored last is seen with all before it. */
static void thread_take_over(struct thread *t)
{
    for (int i = 0; i < WRITERS; i++)
        (void)__atomic_load_n(&t->writers[i].limit, __ATOMIC_ACQUIRE);
    (void)__atomic_load_n(&t->nested.limit, __ATOMIC_ACQUIRE);
    (void)__atomic_load_n(&t->current, __ATOMIC_ACQUIRE);
    (void)scratch_used(t->scratch);
}

static void thread_close(struct thread *t)
{
    writers_close(t);
    memset(t, 0, sizeof *t);
}

static bool tid_is_gone(uint32_t tid) { return raw(SYS_tgkill, self.process.pid, tid, 0) == -ESRCH; }

/* Takes the place of a thread that has ended: no hook tells us when one does. */
static bool owner_replace(uint32_t i, uint32_t tid)
{
    uint32_t old = __atomic_load_n(owner_at(i), __ATOMIC_ACQUIRE);
    if (old != 0 && !tid_is_gone(old))
        return false;
    if (!__atomic_compare_exchange_n(owner_at(i), &old, tid, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return false;
    struct thread *t = thread_at(i);
    if (old != 0 && t && __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE) == old) {
        thread_take_over(t);
        thread_close(t);
    }
    return true;
}

/* A new entry is free to everyone from the moment that it is counted, so it is taken like any other. */
static uint32_t owner_find_place(uint32_t tid)
{
    for (uint32_t i = 0; i < THREADS_MAX; i++) {
        uint32_t count = __atomic_load_n(&owner_count, __ATOMIC_ACQUIRE);
        while (count <= i && !__atomic_compare_exchange_n(&owner_count, &count, i + 1, 0, __ATOMIC_ACQ_REL,
                                                          __ATOMIC_ACQUIRE)) {
        }
        if (owner_replace(i, tid))
            return i;
    }
    return THREADS_MAX;
}

static void thread_setup(struct thread *t, struct scratch *scratch, uint32_t tid)
{
    memset(t, 0, sizeof *t);
    t->scratch = scratch;
    t->video = video_default.number;
    __atomic_store_n(&t->tid, tid, __ATOMIC_RELEASE); /* pairs with owner_replace */
}

/* Only this thread is left, and it has no chunk. */
static void forget_threads(void)
{
    uint32_t video = thread_self && thread_self->tid ? thread_self->video : video_default.number;
    uint32_t count = owner_count < THREADS_MAX ? owner_count : THREADS_MAX;
    for (uint32_t i = 0; i < count; i++) {
        struct thread *t = thread_at(i);
        if (t && *owner_at(i) &&
            t->tid) /* where the kernel did not wipe: forget, the chunks are the parent's */
            memset(t, 0, sizeof *t);
        *owner_at(i) = 0;
    }
    owner_count = 0;
    raw_busy = raw_at_work;
    thread_self = NULL;
    video_default.number = video;
    wiped.alive = 1;
}

/* The wiped flag tells of forks that no hook saw; the pid, where the kernel did not wipe (qemu-user). */
void threads_check_fork(void)
{
    if (wiped.alive && (uint32_t)raw(SYS_getpid) == self.process.pid)
        return;
    self_forked(thread_fork_call);
    thread_fork_call = 0;
    forget_threads();
    lines_forked();
    spool_forked();
    fds_begin_child();
    samples_forked();
    env_forked();
}

static void notice_fork(void)
{
    if (!wiped.alive)
        threads_check_fork();
}

void threads_before_fork(void)
{
    if (likely(wiped.alive) || raw_forbidden())
        return;
    struct blocked_signals signals = raw_block_signals();
    notice_fork();
    raw_restore_signals(signals);
}

static uint32_t marked_writers(const struct thread *t)
{
    uint32_t marked = 0;
    for (int i = 0; i < WRITERS; i++)
        marked |= (uint32_t)(t->writers[i].base && t->writers[i].limit == 0) << i;
    return marked;
}

void thread_child_begins(struct thread *t)
{
    t->outer_child = t->child;
    t->child = self_vfork_child();
    if (t->outer_child.pid == 0)
        t->pieces_before_child = scratch_used(t->scratch);
    t->marked_before_child = marked_writers(t);
    t->child_left = NULL;
    t->child_is_stranger = false;
    t->current = NULL; /* the next event tells whose it is */
}

/* What a vfork child was killed in the middle of is not used any further. */
void thread_child_ends(struct thread *t)
{
    uint32_t left = marked_writers(t) & ~t->marked_before_child;
    for (int i = 0; i < WRITERS; i++)
        if (left & (1u << i))
            writer_close(&t->writers[i], false);
    confine_child_ended();
    if (t->outer_child.pid == 0)
        scratch_restore(t->scratch, t->pieces_before_child);
    if (t->child_left)
        raw(SYS_munmap, t->child_left, t->child_left_bytes);
    t->child_left = NULL;
    t->child = t->outer_child;
    t->outer_child = (struct identity){0};
    t->current = NULL;
}

void thread_child_left(void *mapping, size_t bytes)
{
    if (!thread_is_vfork_child())
        return;
    thread_self->child_left = mapping;
    thread_self->child_left_bytes = bytes;
}

/* Who may ask the kernel nothing has no place yet, and no memory to record into. */
static struct thread *thread_unknown(void)
{
    spool_dropped(VL_REASON_CONFINED);
    return NULL;
}

COLD static struct thread *thread_begin(void)
{
    if (raw_forbidden())
        return thread_unknown();
    struct blocked_signals signals = raw_block_signals();
    notice_fork();
    uint32_t tid = (uint32_t)raw(SYS_gettid);
    uint32_t place = owner_find_place(tid);
    struct thread *t = place < THREADS_MAX ? thread_make(place) : NULL;
    struct scratch *scratch = t ? scratch_at(place) : NULL;
    if (scratch) {
        thread_setup(t, scratch, tid);
        thread_self = t;
    } else {
        spool_dropped(place < THREADS_MAX ? VL_REASON_NO_MEMORY : VL_REASON_THREADS);
    }
    raw_restore_signals(signals);
    return scratch ? t : NULL;
}

COLD static struct thread *thread_again(struct thread *t)
{
    if (raw_forbidden())
        return thread_unknown();
    struct blocked_signals signals = raw_block_signals();
    notice_fork();
    t = thread_self; /* notice_fork may have let it go */
    raw_restore_signals(signals);
    return t ? t : thread_begin();
}

struct thread *thread_get(void)
{
    struct thread *t = thread_self;
    if (likely(t && t->tid != 0))
        return t;
    return t ? thread_again(t) : thread_begin();
}

bool threads_find_chunk(uintptr_t address, void **base, uint32_t *bytes)
{
    uint32_t count = __atomic_load_n(&owner_count, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < count && i < THREADS_MAX; i++) {
        const struct thread *t = thread_at(i);
        if (t && writers_find_chunk(t, address, base, bytes))
            return true;
    }
    return false;
}

void thread_finish(struct thread *t)
{
    struct blocked_signals signals = raw_block_signals();
    writers_close(t);
    t->current = NULL;
    raw_restore_signals(signals);
}
