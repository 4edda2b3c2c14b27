/* Threads, their writers and chunks. Everything here that is not inline runs rarely: at a thread's first event, when
 * a chunk is full, when a thread turns to another video, and in signal handlers that interrupted a recording. */
#include "threads.h"

#include "chunk.h"
#include "emit.h"
#include "env.h"
#include "lines.h"
#include "memory.h"
#include "paths.h"
#include "spool.h"
#include "video.h"

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

#define FIRST_CHUNK_BYTES 4096u
#define CHUNK_GROWTH      4u
#define LAST_CHUNK_BYTES  65536u
#define SUBJECT_BYTES     64u /* of a subject_change at the most */
#define WRITER_LEAST      64u /* more than RECORD_ROOM: what a recording that asks for nothing may store */

__thread struct thread *thread_self;

/* Wiped by forks. */
static struct {
    uint32_t alive; /* 0: this process is a fork that no hook announced */
    struct thread first[FIRST_THREADS];
} wiped __attribute__((aligned(VL_PAGE)));

static struct thread *segments[SEGMENTS_MAX] TABLE; /* atomic; each wiped by forks too */

/* Who has which thread, by tid; not wiped, so that an unannounced fork leaves its parent's threads alone. Atomic. */
static uint32_t first_owners[FIRST_THREADS];
static uint32_t more_owners[THREADS_MAX - FIRST_THREADS] TABLE;
static uint32_t owner_count; /* atomic: entries ever used */

static uint32_t *owner_at(uint32_t i) { return i < FIRST_THREADS ? &first_owners[i] : &more_owners[i - FIRST_THREADS]; }

static void wipe_on_fork(void *p, size_t bytes) { raw(SYS_madvise, p, bytes, MADV_WIPEONFORK); }

void threads_init(void)
{
    wipe_on_fork(&wiped, sizeof wiped);
    wiped.alive = 1;
}

/* ---- chunks ---- */

static void writer_close(struct writer *w, bool finish)
{
    if (!w->base)
        return;
    if (finish)
        chunk_finish((struct vl_chunk *)w->base, (uint32_t)(w->cursor - (uintptr_t)w->base));
    spool_release(w->base, w->bytes);
    w->base = NULL;
    w->cursor = w->limit = w->end = 0;
}

/* From here on the events are the vfork child's, or the process's own again. Either has its own descriptors. */
static void writer_tell_subject(struct thread *t, struct writer *w)
{
    struct identity own = self.process;
    own.tid = t->tid;
    const struct identity *who = t->child.pid ? &t->child : &own;
    struct timing at = {w->last, w->last};
    EMIT_INTO(w, subject_change, at, who->pid, who->tid, who->start, who->ppid, who->parent_start);
    w->subject = t->child.pid;
    memset(w->seen, 0xff, sizeof w->seen);
}

/* In front of a chunk: which video, and whose events. */
static void writer_introduce(struct thread *t, struct writer *w)
{
    const struct video *v = video_get(w->video);
    struct timing at = {w->last, w->last};
    if (w->video != VIDEO_NONE)
        EMIT_INTO(w, video_define, at, span_of(v->name), span_of(v->folder), v->pattern);
    w->subject = 0;
    if (self.fork_untold) {
        self.fork_untold = false;
        EMIT_INTO(w, process_start, at, .how = VL_START_FORK, .image = self.image, .exe = span_of(""), .cwd = span_of(""));
    }
    if (t->child.pid)
        writer_tell_subject(t, w);
}

static bool writer_open(struct thread *t, struct writer *w, uint32_t need)
{
    uint32_t bytes = w->bytes ? w->bytes * CHUNK_GROWTH : FIRST_CHUNK_BYTES;
    if (bytes > LAST_CHUNK_BYTES)
        bytes = LAST_CHUNK_BYTES;
    uint32_t least = (need + (uint32_t)sizeof(struct vl_chunk) + PATH_BYTES + 1024 + VL_PAGE - 1) & ~(VL_PAGE - 1);
    if (need > FIRST_CHUNK_BYTES / 2 && bytes < least)
        bytes = least;
    struct claim c = {.video = w->video, .bytes = bytes};
    if (!spool_claim(&c)) {
        spool_dropped(c.reason ? c.reason : VL_REASON_NO_SPOOL);
        return false;
    }
    struct chunk_place place = {.tid = t->tid, .sequence = t->chunks++, .nested = w == &t->nested};
    uint64_t ticks = chunk_head((struct vl_chunk *)c.base, VL_CHUNK_EVENTS, bytes, place);
    w->base = c.base;
    w->bytes = bytes;
    w->cursor = (uintptr_t)c.base + sizeof(struct vl_chunk);
    w->end = (uintptr_t)c.base + bytes;
    w->limit = w->end;
    w->last = ticks >> shim.shift;
    w->most = WRITER_LEAST;
    memset(w->seen, 0xff, sizeof w->seen);
    writer_introduce(t, w);
    return true;
}

/* ---- threads ---- */

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

static void thread_close(struct thread *t)
{
    for (int i = 0; i < WRITERS; i++)
        writer_close(&t->writers[i], t->writers[i].limit != 0);
    writer_close(&t->nested, t->nested.limit != 0);
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
    if (old != 0 && t && t->tid == old)
        thread_close(t);
    return true;
}

static uint32_t owner_find_place(uint32_t tid)
{
    uint32_t count = __atomic_load_n(&owner_count, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < count && i < THREADS_MAX; i++)
        if (owner_replace(i, tid))
            return i;
    uint32_t i = __atomic_fetch_add(&owner_count, 1, __ATOMIC_ACQ_REL);
    if (i >= THREADS_MAX) {
        __atomic_fetch_sub(&owner_count, 1, __ATOMIC_ACQ_REL);
        return THREADS_MAX;
    }
    __atomic_store_n(owner_at(i), tid, __ATOMIC_RELEASE);
    return i;
}

static void thread_setup(struct thread *t, uint32_t tid)
{
    memset(t, 0, sizeof *t);
    t->video = video_default.number;
    t->tid = tid;
}

/* Only this thread is left, and it has no chunk. */
static void forget_threads(void)
{
    uint32_t video = thread_self && thread_self->tid ? thread_self->video : video_default.number;
    uint32_t count = owner_count < THREADS_MAX ? owner_count : THREADS_MAX;
    for (uint32_t i = 0; i < count; i++) {
        struct thread *t = thread_at(i);
        if (t && *owner_at(i) && t->tid) /* where the kernel did not wipe: forget, the chunks are the parent's */
            memset(t, 0, sizeof *t);
        *owner_at(i) = 0;
    }
    owner_count = 0;
    thread_self = NULL;
    video_default.number = video;
    wiped.alive = 1;
}

/* The wiped flag tells of forks that no hook saw; the pid, where the kernel did not wipe (qemu-user). */
void threads_check_fork(void)
{
    if (wiped.alive && (uint32_t)raw(SYS_getpid) == self.process.pid)
        return;
    self_forked();
    forget_threads();
    lines_forked();
    env_forked();
}

static void notice_fork(void)
{
    if (!wiped.alive)
        threads_check_fork();
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
    t->marked_before_child = marked_writers(t);
    t->current = NULL; /* the next event tells whose it is */
}

/* What a vfork child was killed in the middle of is not used any further. */
void thread_child_ends(struct thread *t)
{
    uint32_t left = marked_writers(t) & ~t->marked_before_child;
    for (int i = 0; i < WRITERS; i++)
        if (left & (1u << i))
            writer_close(&t->writers[i], false);
    t->child = t->outer_child;
    t->outer_child = (struct identity){0};
    t->current = NULL;
}

COLD static struct thread *thread_begin(void)
{
    struct blocked_signals signals = raw_block_signals();
    notice_fork();
    uint32_t tid = (uint32_t)raw(SYS_gettid);
    uint32_t place = owner_find_place(tid);
    struct thread *t = place < THREADS_MAX ? thread_make(place) : NULL;
    if (t) {
        thread_setup(t, tid);
        thread_self = t;
    } else {
        spool_dropped(VL_REASON_THREADS);
    }
    raw_restore_signals(signals);
    return t;
}

COLD static struct thread *thread_again(struct thread *t)
{
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

static bool writer_covers(const struct writer *w, uintptr_t address, void **base, uint32_t *bytes)
{
    *base = w->base;
    *bytes = w->bytes;
    return w->base && address - (uintptr_t)w->base < w->bytes;
}

bool threads_find_chunk(uintptr_t address, void **base, uint32_t *bytes)
{
    uint32_t count = __atomic_load_n(&owner_count, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < count && i < THREADS_MAX; i++) {
        const struct thread *t = thread_at(i);
        for (int k = 0; t && k < WRITERS; k++)
            if (writer_covers(&t->writers[k], address, base, bytes))
                return true;
        if (t && writer_covers(&t->nested, address, base, bytes))
            return true;
    }
    return false;
}

void thread_finish(struct thread *t)
{
    struct blocked_signals signals = raw_block_signals();
    for (int i = 0; i < WRITERS; i++)
        writer_close(&t->writers[i], t->writers[i].limit != 0);
    writer_close(&t->nested, t->nested.limit != 0);
    t->current = NULL;
    raw_restore_signals(signals);
}

/* ---- writers ---- */

/* The writer of a video, else the one used longest ago; never one that is busy below a signal handler. */
static struct writer *writer_choose(struct thread *t, uint32_t video)
{
    struct writer *oldest = NULL;
    for (int i = 0; i < WRITERS; i++) {
        struct writer *w = &t->writers[i];
        if (w->base && w->video == video)
            return w;
        bool busy = w->base && w->limit == 0;
        if (!busy && (!oldest || !w->base || (oldest->base && w->used < oldest->used)))
            oldest = w;
    }
    if (oldest) {
        writer_close(oldest, true);
        oldest->video = video;
        oldest->bytes = 0;
    }
    return oldest;
}

/* On a signal stack nothing can be told from addresses, so the writer counts as in use. */
static bool writer_is_abandoned(const struct writer *w, uintptr_t frame)
{
    if (frame < w->frame)
        return false;
    stack_t stack = {0};
    return raw(SYS_sigaltstack, 0, &stack) == 0 && !(stack.ss_flags & SS_ONSTACK);
}

/* Steps over the event at the cursor, which was stored whole. */
static void writer_step_over(struct writer *w)
{
    const uint8_t *p = (const uint8_t *)w->cursor, *end = (const uint8_t *)w->end;
    uint8_t code = *p++;
    uint64_t first = 0, since = 0, rest;
    p = vl_get_varint(p, end, &first);
    if (code < VL_COMPACT) {
        vl_get_varint(p, end, &since);
        p += first;
    } else {
        since = first;
        for (unsigned i = 1; i < vl_compact_varints(code); i++)
            p = vl_get_varint(p, end, &rest);
    }
    w->cursor = (uintptr_t)p;
    w->last += since;
}

/* Goes on where an abandoned recording stopped: its event is either whole, or must leave nothing behind. */
static void writer_repair(struct writer *w)
{
    size_t most = w->most < w->end - w->cursor ? w->most : w->end - w->cursor;
    if (*(const uint8_t *)w->cursor != 0)
        writer_step_over(w);
    else
        memset((void *)w->cursor, 0, most);
    writer_release(w);
}

/* Which writer to use when the natural one is in the middle of an event. */
static struct writer *writer_when_busy(struct thread *t, struct writer *w, uintptr_t frame)
{
    if (w->limit != 0 || !w->base)
        return w;
    if (writer_is_abandoned(w, frame)) {
        writer_repair(w);
        return w;
    }
    struct writer *nested = &t->nested;
    if (nested->base && nested->limit == 0) {
        if (!writer_is_abandoned(nested, frame))
            return NULL;
        writer_repair(nested);
    }
    if (nested->base && nested->video != w->video)
        writer_close(nested, true);
    nested->video = w->video;
    return nested;
}

static bool writer_has_room(const struct writer *w, uint32_t bytes) { return w->cursor + bytes < w->limit; }

/* With signals blocked. */
static struct writer *writer_prepare(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    struct writer *w = writer_choose(t, video);
    if (!w) {
        spool_dropped(VL_REASON_NESTED_SIGNAL);
        return NULL;
    }
    struct writer *usable = writer_when_busy(t, w, frame);
    if (!usable) {
        spool_dropped(VL_REASON_NESTED_SIGNAL);
        return NULL;
    }
    if (!writer_has_room(usable, bytes + SUBJECT_BYTES)) {
        writer_close(usable, true);
        if (!writer_open(t, usable, bytes))
            return NULL;
    }
    if (usable->subject != t->child.pid)
        writer_tell_subject(t, usable);
    usable->used = ++t->turn;
    if (usable->most < bytes + SUBJECT_BYTES)
        usable->most = bytes + SUBJECT_BYTES;
    return usable;
}

/* Takes a writer that is good as it is. Marked first and looked at then: a signal handler may have come between. */
static bool writer_try(struct writer *w, const struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    if (w->limit == 0)
        return false;
    writer_mark(w, frame);
    if (w->video == video && w->subject == t->child.pid && w->cursor + bytes + SUBJECT_BYTES < w->end) {
        if (w->most < bytes)
            w->most = bytes;
        return true;
    }
    writer_release(w);
    return false;
}

static struct writer *writer_get(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    for (int i = 0; i < WRITERS; i++)
        if (writer_try(&t->writers[i], t, video, bytes, frame))
            return &t->writers[i];
    struct blocked_signals signals = raw_block_signals();
    struct writer *w = writer_prepare(t, video, bytes, frame);
    if (w)
        writer_mark(w, frame);
    raw_restore_signals(signals);
    return w;
}

struct writer *writer_begin(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    if (video == VIDEO_CURRENT)
        video = t->video;
    if (bytes > VL_EVENT_MAX) {
        spool_dropped(VL_REASON_TOO_LARGE);
        return NULL;
    }
    struct writer *w = writer_get(t, video, bytes, frame);
    if (w && video == t->video && w != &t->nested)
        t->current = w;
    return w;
}
