/* Keeping output; see lines.h. */
#include "lines.h"

#include "chunk.h"
#include "config.h"
#include "emit.h"
#include "fds.h"
#include "prompts.h"
#include "spool.h"
#include "user_memory.h"
#include "video.h"

#define SCAN_BYTES     (16u << 20) /* of standard output that are searched for markers, per process */
#define STRADDLE_BYTES 1024        /* of a line that came in two writes */

static uint64_t kept_bytes; /* atomic */

static struct {
    struct vl_ring *ring; /* atomic; NULL: none yet */
    uint32_t tried;       /* atomic */
    uint32_t scanning;    /* atomic: one thread at a time looks for markers, others go without */
    uint64_t line_start;  /* where the line begins that has no end yet */
    uint64_t scanned;
} out;

/* ---- pieces ---- */

static uint64_t allowance(uint64_t wanted)
{
    uint64_t before = __atomic_fetch_add(&kept_bytes, wanted, __ATOMIC_RELAXED);
    return before >= LINES_PROCESS_BYTES           ? 0
           : LINES_PROCESS_BYTES - before < wanted ? LINES_PROCESS_BYTES - before
                                                   : wanted;
}

static void piece(int stream, unsigned flags, const char *text, size_t n)
{
    uint64_t may = allowance(n);
    if (may == 0) {
        spool_dropped(VL_REASON_LINES_BOUND);
        return;
    }
    if (may < n)
        flags |= VL_TEXT_CUT_AFTER;
    EMIT(text_print, VIDEO_CURRENT, clock_instant(), (uint64_t)stream, flags, {text, (uint32_t)may, true});
}

/* Text that was written: the program's, which may be gone by now, or ours. */
struct output {
    const char *text;
    size_t bytes;
    bool ours;
};

/* Some of it into room; false: it is gone, which is counted. */
static bool copy_some(const struct output *o, size_t at, char *room, size_t n)
{
    size_t got = !room     ? 0
                 : o->ours ? user_copy(room, o->text + at, n)
                           : user_take_moved(room, o->text + at, n);
    if (got < n)
        spool_dropped(raw_forbidden() ? VL_REASON_CONFINED : VL_REASON_MEMORY_GONE);
    return got == n;
}

static size_t at_most(size_t n, size_t most) { return n < most ? n : most; }

static void pieces(int stream, const struct output *o)
{
    char *room = user_room_take();
    for (size_t at = 0; at < o->bytes; at += VL_TEXT_PIECE_MAX) {
        size_t n = at_most(o->bytes - at, VL_TEXT_PIECE_MAX);
        if (!copy_some(o, at, room, n))
            break;
        piece(stream, 0, room, n);
    }
    if (room)
        user_room_give(room, at_most(o->bytes, VL_TEXT_PIECE_MAX));
}

/* ---- markers ---- */

static const struct {
    const char *text;
    size_t length;
} markers[] = {
#define VL_MARKER(text) {text, sizeof text - 1},
#include "vl/markers.def"
#undef VL_MARKER
};

static void line_if_marked(const char *line, size_t n)
{
    if (n > VL_TEXT_PIECE_MAX)
        n = VL_TEXT_PIECE_MAX;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        if (memmem(line, n, markers[i].text, markers[i].length)) {
            piece(1, VL_TEXT_MARKED, line, n);
            return;
        }
    }
}

/* ---- the ring ---- */

/* One that cannot be had is not asked for again. */
static struct vl_ring *ring_get(void)
{
    struct vl_ring *ring = __atomic_load_n(&out.ring, __ATOMIC_ACQUIRE);
    if (ring || __atomic_exchange_n(&out.tried, 1, __ATOMIC_ACQ_REL))
        return ring;
    struct thread *t = thread_get();
    struct claim c = {.video = t ? t->video : VIDEO_NONE, .bytes = 2 * VL_PAGE};
    struct blocked_signals signals = raw_block_signals();
    if (t && spool_claim(&c)) {
        ring = (struct vl_ring *)c.base;
        chunk_head(&ring->chunk, VL_CHUNK_RING, c.bytes, (struct chunk_place){.tid = t->tid});
        __atomic_store_n(&out.ring, ring, __ATOMIC_RELEASE);
    }
    raw_restore_signals(signals);
    return ring;
}

static void ring_copy(struct vl_ring *ring, uint64_t at, const char *text, size_t n)
{
    if (n > VL_RING_BYTES) {
        at += n - VL_RING_BYTES;
        text += n - VL_RING_BYTES;
        n = VL_RING_BYTES;
    }
    size_t from = at % VL_RING_BYTES, first = VL_RING_BYTES - from < n ? VL_RING_BYTES - from : n;
    memcpy(ring->text + from, text, first);
    memcpy(ring->text, text + first, n - first);
}

struct line {
    char text[STRADDLE_BYTES];
};

/* A line that began in earlier writes: their part is still in the ring. */
static void straddling_line(const struct vl_ring *ring, uint64_t at, const char *text, size_t n)
{
    SCRATCH(struct line, line);
    if (!line)
        return;
    uint64_t before = at - out.line_start;
    if (before > STRADDLE_BYTES / 2)
        before = STRADDLE_BYTES / 2;
    for (uint64_t i = 0; i < before; i++)
        line->text[i] = (char)ring->text[(out.line_start + i) % VL_RING_BYTES];
    if (n > STRADDLE_BYTES - before)
        n = STRADDLE_BYTES - before;
    memcpy(line->text + before, text, n);
    line_if_marked(line->text, before + n);
}

/* The text stands at `at` of the output and is not in the ring yet. */
static void scan(const struct vl_ring *ring, uint64_t at, const char *text, size_t n)
{
    const char *line = text, *end = text + n, *newline;
    if (out.scanned > SCAN_BYTES || memchr(text, 0, n < 256 ? n : 256)) {
        out.line_start = at + n;
        return;
    }
    out.scanned += n;
    while (line < end && (newline = memchr(line, '\n', (size_t)(end - line)))) {
        if (line == text && out.line_start < at)
            straddling_line(ring, at, text, (size_t)(newline - text));
        else
            line_if_marked(line, (size_t)(newline - line));
        line = newline + 1;
        out.line_start = at + (uint64_t)(line - text);
    }
}

/* To the last end of a line, where more follows: whole lines are looked at. */
static size_t whole_lines(const char *text, size_t n, bool more)
{
    const char *end = more ? memrchr(text, '\n', n) : NULL;
    return end ? (size_t)(end - text) + 1 : n;
}

/* In pieces; where nothing is looked for, only the end. */
static void keep_pieces(struct vl_ring *ring, uint64_t start, const struct output *o, bool scans, char *room)
{
    for (size_t done = 0, n; done < o->bytes; done += n) {
        bool looks = scans && out.scanned <= SCAN_BYTES;
        if (!looks && o->bytes - done > VL_RING_BYTES)
            done = o->bytes - VL_RING_BYTES;
        n = at_most(o->bytes - done, USER_ROOM_BYTES);
        bool more = n < o->bytes - done, there = copy_some(o, done, room, n);
        if (!there && !room)
            return;
        if (!there)
            memset(room, 0, n);
        n = whole_lines(room, n, more);
        if (scans)
            scan(ring, start + done, room, n);
        ring_copy(ring, start + done, room, n);
    }
}

static void keep_end(const struct output *o)
{
    struct vl_ring *ring = ring_get();
    char *room = ring ? user_room_take() : NULL;
    if (!ring)
        return;
    uint64_t at = __atomic_fetch_add(&ring->written, o->bytes, __ATOMIC_RELAXED);
    bool scans = !__atomic_exchange_n(&out.scanning, 1, __ATOMIC_ACQUIRE);
    keep_pieces(ring, at, o, scans, room);
    if (scans)
        __atomic_store_n(&out.scanning, 0, __ATOMIC_RELEASE);
    if (room)
        user_room_give(room, o->bytes);
}

static void written(int fd, const struct output *o)
{
    if (shim.prompts)
        prompts_written(fd, o->text, o->bytes);
    const struct fd_entry *e = fds_entry(fd);
    enum vl_fd_type type = e ? fds_type(e) : VL_FD_OTHER;
    bool interesting =
        type == VL_FD_FILE || type == VL_FD_PIPE || type == VL_FD_TERMINAL || type == VL_FD_SOCKET;
    if (config.lines == LINES_NONE || self.claude || thread_is_vfork_child() || !interesting)
        return;
    if (fd == 2 || config.lines == LINES_ALL)
        pieces(fd, o);
    else
        keep_end(o);
}

COLD void lines_written(int fd, const void *text, size_t n) { written(fd, &(struct output){text, n, false}); }

COLD void lines_said(int fd, const void *text, size_t n) { written(fd, &(struct output){text, n, true}); }

void lines_prepare(void)
{
    if (config.lines == LINES_AUTO && !self.claude && !thread_is_vfork_child())
        ring_get();
}

void lines_wipe(void)
{
    struct vl_ring *ring = __atomic_load_n(&out.ring, __ATOMIC_ACQUIRE);
    if (!ring)
        return;
    ring->written = 0;
    memset(ring->text, 0, sizeof ring->text);
}

bool lines_find_ring(uintptr_t address, void **base, uint32_t *bytes)
{
    *base = __atomic_load_n(&out.ring, __ATOMIC_ACQUIRE);
    *bytes = 2 * VL_PAGE;
    return *base && address - (uintptr_t)*base < *bytes;
}

void lines_forked(void)
{
    memset(&out, 0, sizeof out);
    kept_bytes = 0;
}
