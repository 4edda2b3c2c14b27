/* Open spans of each thread, their events, and the video that they name. */
#include "spans.h"

#include "config.h"
#include "emit.h"
#include "scratch.h"
#include "spool.h"
#include "video.h"

#include <errno.h>

static uint64_t last_span; /* atomic */

static struct span bytes_of(const char *text, size_t n) { return (struct span){text, (uint32_t)n, false}; }

/* ---- which is around which ---- */

static const struct open_span *around(const struct thread *t, uint64_t task)
{
    for (uint32_t i = t->span_count; i-- > 0;) {
        const struct open_span *s = &t->spans[i];
        if (!s->suspends && (s->task == task || s->task == 0))
            return s;
        if (s->suspends && task != 0 && s->task == task)
            return s;
    }
    return NULL;
}

uint64_t span_current(uint64_t task)
{
    const struct open_span *s = thread_self ? around(thread_self, task) : NULL;
    return s ? s->span : 0;
}

uint32_t span_depth(void) { return thread_self ? thread_self->span_count : 0; }

static void open_span(struct thread *t, struct open_span s)
{
    if (t->span_count == SPANS_OPEN)
        return;
    if (s.names_video) {
        thread_set_video(t, s.video);
        t->video_held = true;
    }
    t->spans[t->span_count++] = s;
}

static void close_span(struct thread *t, uint64_t span)
{
    uint32_t i = t->span_count;
    while (i > 0 && t->spans[i - 1].span != span)
        i--;
    if (i == 0)
        return;
    struct open_span s = t->spans[i - 1];
    memmove(&t->spans[i - 1], &t->spans[i], (t->span_count - i) * sizeof s);
    t->span_count--;
    if (s.names_video) {
        thread_set_video(t, s.video_before);
        t->video_held = s.held_before;
    }
}

/* ---- events ---- */

/* Defines the name in the chunk that the next event goes to. */
static bool define(struct thread *t, uint32_t video, const struct span_name *name)
{
    struct span function = span_of(name->function), file = span_of(name->file);
    struct writer *w = writer_begin(t, video, function.length + file.length + 6 * VL_VARINT_MAX, THIS_FRAME);
    if (!w)
        return false;
    struct timing at = {w->last, w->last};
    w->span_names[name->number / 64] |= 1ull << name->number % 64;
    EMIT_INTO(w, span_define, at, name->number, function, file);
    return true;
}

static void tell_begin(struct thread *t, const struct span_start *s, uint64_t span, uint64_t parent,
                       uint32_t video)
{
    struct timing now = clock_instant();
    for (int tries = 0; tries < 3; tries++) { /* a signal handler may turn the chunk over in between */
        struct writer *w =
            writer_begin(t, video, (uint32_t)s->arguments_bytes + 8 * VL_VARINT_MAX, THIS_FRAME);
        if (!w)
            return;
        if (w->span_names[s->name->number / 64] >> s->name->number % 64 & 1) {
            EMIT_INTO(w, span_begin, now, span, parent, s->task, s->name->number,
                      bytes_of(s->arguments, s->arguments_bytes));
            return;
        }
        writer_release(w);
        if (!define(t, video, s->name))
            return;
    }
}

struct span_mark span_begin(const struct span_start *s)
{
    int error = errno;
    struct span_mark mark = {0, VIDEO_NONE};
    struct thread *t = thread_get();
    if (t && t->child.pid == 0) {
        const struct open_span *outer = around(t, s->task);
        bool names = s->video != VIDEO_NONE && !config.video;
        mark.span = __atomic_add_fetch(&last_span, 1, __ATOMIC_RELAXED);
        mark.video = names ? s->video : t->video;
        uint64_t parent = outer ? outer->span : 0;
        open_span(t, (struct open_span){mark.span, s->task, mark.video, t->video, t->video_held,
                                        names && !s->suspends, s->suspends});
        tell_begin(t, s, mark.span, parent, mark.video);
    }
    errno = error;
    return mark;
}

void span_end(struct span_mark mark, enum vl_span_end how, const char *result, size_t result_bytes)
{
    int error = errno;
    struct thread *t = mark.span ? thread_get() : NULL;
    if (t) {
        EMIT(span_end, mark.video, clock_instant(), mark.span, how, bytes_of(result, result_bytes));
        close_span(t, mark.span);
    }
    errno = error;
}

/* ---- exceptions ---- */

#define REPEATS     256u       /* exceptions that are told apart, a power of two */
#define TEXTS_BYTES (4u << 20) /* of all texts of a process */

static struct {
    uint64_t key;   /* atomic */
    uint64_t count; /* atomic */
} repeats[REPEATS] TABLE;
static uint64_t texts_bytes; /* atomic */

static uint64_t mix(uint64_t h, const char *s)
{
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 0x100000001b3ull;
    return h;
}

uint64_t span_raise_count(enum vl_raise how, const char *type, const char *message, uint64_t place)
{
    uint64_t key = mix(mix(0xcbf29ce484222325ull ^ place ^ how, type), message) | 1;
    uint64_t old = __atomic_exchange_n(&repeats[key >> 32 & (REPEATS - 1)].key, key, __ATOMIC_RELAXED);
    uint64_t *count = &repeats[key >> 32 & (REPEATS - 1)].count;
    if (old != key)
        __atomic_store_n(count, 0, __ATOMIC_RELAXED);
    uint64_t n = __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    return n == 1 ? 1 : (n & (n - 1)) == 0 ? n / 2 : 0;
}

struct raise {
    struct event_exception_raise event;
    struct seal room;
};

/* What is printed of it may be the claude program's to read. */
static __attribute__((noinline)) void make_raise(struct raise *of, const struct raised *r)
{
    uint64_t before = __atomic_fetch_add(&texts_bytes, r->text_bytes, __ATOMIC_RELAXED);
    bool lost, keep = before + r->text_bytes <= TEXTS_BYTES;
    if (!keep && r->text_bytes)
        spool_dropped(VL_REASON_LINES_BOUND);
    const struct seal *seal = seals_of_error(&of->room, &lost);
    struct span message = span_of(r->message), text = {r->text, keep ? (uint32_t)r->text_bytes : 0, true};
    message.mask = text.mask = seal ? (uintptr_t)seal : true;
    if (lost)
        message.length = text.length = 0;
    of->event = (struct event_exception_raise){
        r->how | (seal ? VL_RAISE_SEALED : 0), r->span, r->count, span_of(r->type), message, text};
}

void span_raise(const struct raised *r)
{
    int error = errno;
    SCRATCH(struct raise, of);
    if (of) {
        make_raise(of, r);
        emit_exception_raise(VIDEO_CURRENT, clock_instant(), &of->event, THIS_FRAME);
    }
    errno = error;
}
