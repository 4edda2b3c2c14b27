/* Writers and their chunks. Everything here runs rarely: when a chunk is full, when a thread turns to another
 * video, and in signal handlers that interrupted a recording. */
#include "writers.h"

#include "chunk.h"
#include "emit.h"
#include "giveup.h"
#include "paths.h"
#include "spool.h"
#include "stack.h"
#include "video.h"

#include <string.h>

#define FIRST_CHUNK_BYTES 4096u
#define CHUNK_GROWTH      4u
#define LAST_CHUNK_BYTES  65536u
#define SUBJECT_BYTES     64u        /* of a subject_change at the most */
#define REFUSED_TICKS     (1u << 25) /* about ten milliseconds */
#define WRITER_LEAST      64u /* more than RECORD_ROOM: what a recording that asks for nothing may store */

/* ---- chunks ---- */

void writer_close(struct writer *w, bool finish)
{
    if (!w->base)
        return;
    if (finish)
        chunk_finish((struct vl_chunk *)w->base, (uint32_t)(w->cursor - (uintptr_t)w->base));
    spool_release(w->base, w->bytes);
    w->base = NULL;
    w->cursor = w->limit = w->end = 0;
}

void writers_close(struct thread *t)
{
    for (int i = 0; i < WRITERS; i++)
        writer_close(&t->writers[i], t->writers[i].limit != 0);
    writer_close(&t->nested, t->nested.limit != 0);
}

static bool writer_covers(const struct writer *w, uintptr_t address, void **base, uint32_t *bytes)
{
    *base = w->base;
    *bytes = w->bytes;
    return w->base && address - (uintptr_t)w->base < w->bytes;
}

bool writers_find_chunk(const struct thread *t, uintptr_t address, void **base, uint32_t *bytes)
{
    for (int i = 0; i < WRITERS; i++)
        if (writer_covers(&t->writers[i], address, base, bytes))
            return true;
    return writer_covers(&t->nested, address, base, bytes);
}

/* From here on the events are the vfork child's, or the process's own again. Either has its own descriptors.
 */
static __attribute__((noinline)) void writer_tell_subject(struct thread *t, struct writer *w)
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
static __attribute__((noinline)) void writer_introduce(struct thread *t, struct writer *w)
{
    const struct video *v = video_get(w->video);
    struct timing at = {w->last, w->last};
    if (w->video != VIDEO_NONE)
        EMIT_INTO(w, video_define, at, span_of(v->name), span_of(v->folder), v->pattern);
    w->subject = 0;
    if (__atomic_load_n(&self.fork_untold, __ATOMIC_RELAXED) &&
        __atomic_exchange_n(&self.fork_untold, false, __ATOMIC_RELAXED)) {
        EMIT_INTO(w, process_start, at, .how = VL_START_FORK, .image = self.image, .exe = span_of(""),
                  .cwd = span_of(""));
    }
    if (t->child.pid)
        writer_tell_subject(t, w);
}

/* A claim that fails costs several system calls: after one, events are only counted for a while. */
static bool claim_unless_refused(struct thread *t, struct claim *c)
{
    if (t->child.pid == 0 && (uint32_t)raw(SYS_getpid) != self.process.pid) {
        give_up("another process runs in this one's memory, or is a fork that was not seen");
        return false;
    }
    if (t->refused_until == 0 || clock_ticks() > t->refused_until) {
        if (spool_claim(c)) {
            t->refused_until = 0;
            return true;
        }
        if (c->reason == VL_REASON_NOT_UNDERSTOOD) {
            give_up("the spool's control page is not one of this version");
            return false;
        }
        t->refused = c->reason ? c->reason : VL_REASON_NO_SPOOL;
        t->refused_until = clock_ticks() + REFUSED_TICKS;
    }
    spool_dropped(t->refused);
    return false;
}

/* What stands in front of a chunk takes room, too: a video may have a long name. */
static uint32_t introduction_bytes(const struct writer *w)
{
    const struct video *v = video_get(w->video);
    return w->video == VIDEO_NONE ? 0 : (uint32_t)(strlen(v->name) + strlen(v->folder));
}

static __attribute__((noinline)) uint32_t chunk_bytes(const struct writer *w, uint32_t need)
{
    need += introduction_bytes(w);
    uint32_t bytes = w->bytes ? w->bytes * CHUNK_GROWTH : FIRST_CHUNK_BYTES;
    if (bytes > LAST_CHUNK_BYTES)
        bytes = LAST_CHUNK_BYTES;
    uint32_t least =
        (need + (uint32_t)sizeof(struct vl_chunk) + PATH_BYTES + 1024 + VL_PAGE - 1) & ~(VL_PAGE - 1);
    return need > FIRST_CHUNK_BYTES / 2 && bytes < least ? least : bytes;
}

static __attribute__((noinline)) void writer_start(struct thread *t, struct writer *w, const struct claim *c)
{
    struct chunk_place place = {.tid = t->tid, .sequence = t->chunks++, .nested = w == &t->nested};
    uint64_t ticks = chunk_head((struct vl_chunk *)c->base, VL_CHUNK_EVENTS, c->bytes, place);
    w->base = c->base;
    w->bytes = c->bytes;
    w->cursor = (uintptr_t)c->base + sizeof(struct vl_chunk);
    w->end = (uintptr_t)c->base + c->bytes;
    w->limit = w->end;
    w->last = ticks >> shim.shift;
    w->most = WRITER_LEAST;
    memset(w->seen, 0xff, sizeof w->seen);
    memset(w->span_names, 0, sizeof w->span_names);
    writer_introduce(t, w);
}

static bool writer_open(struct thread *t, struct writer *w, uint32_t need)
{
    struct claim c = {.video = w->video, .bytes = chunk_bytes(w, need)};
    if (!claim_unless_refused(t, &c))
        return false;
    writer_start(t, w, &c);
    return true;
}

/* ---- is all as it was left? ---- */

/* The words about a chunk fit together; limit is 0 in the middle of an event. */
static bool writer_is_sound(const struct writer *w)
{
    uintptr_t base = (uintptr_t)w->base;
    return w->end == base + w->bytes && w->bytes <= LAST_CHUNK_BYTES &&
           (w->limit == 0 || w->limit == w->end) && w->cursor >= base + sizeof(struct vl_chunk) &&
           w->cursor <= w->end;
}

/* Its file was cut, and the place went to somebody else. */
static bool chunk_is_anothers(const struct thread *t, const struct writer *w)
{
    const struct vl_chunk *h = (const struct vl_chunk *)w->base;
    return h->magic != 0 && (h->magic != VL_MAGIC || h->pid != self.process.pid || h->tid != t->tid ||
                             h->chunk_bytes != w->bytes);
}

/* False: nothing may be written there. What is not one's own is let go; where somebody else has written into
 * what is, nothing is understood any more. */
static __attribute__((noinline)) bool writer_check(const struct thread *t, struct writer *w)
{
    if (!w->base)
        return true;
    if (!writer_is_sound(w)) {
        give_up("the words about a chunk contradict each other");
        return false;
    }
    if (chunk_is_anothers(t, w)) {
        spool_dropped(VL_REASON_SPOOL_LOST);
        writer_close(w, false);
    } else if (w->limit != 0 && w->cursor < w->end && *(const uint8_t *)w->cursor != 0) {
        give_up("somebody else has written into a chunk");
        return false;
    }
    return true;
}

/* ---- writers ---- */

/* The writer of a video, else the one used longest ago; never one that is busy below a signal handler. */
static __attribute__((noinline)) struct writer *writer_choose(struct thread *t, uint32_t video)
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

/* On another stack nothing can be told from addresses, so the writer counts as in use. */
static __attribute__((noinline)) bool writer_is_abandoned(const struct writer *w, uintptr_t frame)
{
    if (frame < w->frame || stack_holds(frame))
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
static __attribute__((noinline)) struct writer *writer_when_busy(struct thread *t, struct writer *w,
                                                                 uintptr_t frame)
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
    struct writer *usable = writer_check(t, w) ? writer_when_busy(t, w, frame) : NULL;
    if (!shim.on)
        return NULL;
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

/* Takes a writer that is good as it is. Marked first and looked at then: a signal handler may have come
 * between. */
static bool writer_try(struct writer *w, const struct thread *t, uint32_t video, uint32_t bytes,
                       uintptr_t frame)
{
    if (w->limit == 0)
        return false;
    writer_mark(w, frame);
    if (w->video == video && w->subject == t->child.pid && w->cursor + bytes + SUBJECT_BYTES < w->end &&
        *(const uint8_t *)w->cursor == 0) {
        if (w->most < bytes)
            w->most = bytes;
        return true;
    }
    writer_release(w);
    return false;
}

/* No chunk can be had any more. */
static COLD struct writer *writer_last(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    struct writer *nested = &t->nested;
    if (nested->base && writer_try(nested, t, video, bytes, frame))
        return nested;
    spool_dropped(VL_REASON_CONFINED);
    return NULL;
}

static struct writer *writer_found(struct thread *t, struct writer *w)
{
    if (w && w->video == t->video && w != &t->nested)
        t->current = w;
    return w;
}

static COLD struct writer *writer_renew(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    struct blocked_signals signals = raw_block_signals();
    struct writer *w = writer_prepare(t, video, bytes, frame);
    if (w)
        writer_mark(w, frame);
    raw_restore_signals(signals);
    return writer_found(t, w);
}

struct writer *writer_begin(struct thread *t, uint32_t video, uint32_t bytes, uintptr_t frame)
{
    if (video == VIDEO_CURRENT)
        video = t->video;
    if (bytes > VL_EVENT_MAX) {
        spool_dropped(VL_REASON_TOO_LARGE);
        return NULL;
    }
    for (int i = 0; i < WRITERS; i++)
        if (writer_try(&t->writers[i], t, video, bytes, frame))
            return writer_found(t, &t->writers[i]);
    if (raw_forbidden())
        return writer_found(t, writer_last(t, video, bytes, frame));
    return writer_renew(t, video, bytes, frame);
}

void thread_stock_up(struct thread *t)
{
    struct blocked_signals signals = raw_block_signals();
    struct writer *w = writer_choose(t, t->video);
    if (w && (!w->base || w->limit != 0) && w->end - w->cursor < LAST_CHUNK_BYTES / 2) {
        writer_close(w, true);
        w->bytes = LAST_CHUNK_BYTES;
        writer_open(t, w, 0);
    }
    raw_restore_signals(signals);
}
