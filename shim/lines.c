/* Keeping output; see lines.h. */
#include "lines.h"

#include "chunk.h"
#include "config.h"
#include "emit.h"
#include "fds.h"
#include "outputs.h"
#include "prompts.h"
#include "scratch.h"
#include "spool.h"
#include "user_memory.h"
#include "video.h"

#define SCAN_BYTES     (16u << 20) /* of standard output that are searched for markers, per process */
#define STRADDLE_BYTES 1024        /* of a line that came in two writes */
#define BLOCK_BYTES    256         /* masked at a time */

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

/* Text that was written: the program's, which may be gone by now, or ours. Where it goes decides how it is
 * kept: seal NULL: as it is, but for keys. In scratch, with all that is large. */
struct print {
    const char *text;
    size_t bytes;
    int stream;
    bool ours;
    const struct seal *seal;
    struct seal room; /* for it */
    struct event_text_print event;
    char line[STRADDLE_BYTES];
};

static void piece(struct print *p, unsigned flags, const char *text, size_t n)
{
    uint64_t may = allowance(n);
    if (may == 0) {
        spool_dropped(VL_REASON_LINES_BOUND);
        return;
    }
    if (may < n)
        flags |= VL_TEXT_CUT_AFTER;
    if (p->seal)
        flags |= VL_TEXT_SEALED;
    p->event = (struct event_text_print){
        (uint64_t)p->stream, flags, {text, (uint32_t)may, p->seal ? (uintptr_t)p->seal : true}};
    emit_text_print(VIDEO_CURRENT, clock_instant(), &p->event, THIS_FRAME);
}

/* Some of it into room; false: it is gone, which is counted. */
static __attribute__((noinline)) bool copy_some(const struct print *p, size_t at, char *room, size_t n)
{
    size_t got = !room     ? 0
                 : p->ours ? user_copy(room, p->text + at, n)
                           : user_take_moved(room, p->text + at, n);
    if (got < n)
        spool_dropped(raw_forbidden() ? VL_REASON_CONFINED : VL_REASON_MEMORY_GONE);
    return got == n;
}

static size_t at_most(size_t n, size_t most) { return n < most ? n : most; }

static void pieces(struct print *p)
{
    char *room = user_room_take();
    for (size_t at = 0; at < p->bytes; at += VL_TEXT_PIECE_MAX) {
        size_t n = at_most(p->bytes - at, VL_TEXT_PIECE_MAX);
        if (!copy_some(p, at, room, n))
            break;
        piece(p, 0, room, n);
    }
    if (room)
        user_room_give(room, at_most(p->bytes, VL_TEXT_PIECE_MAX));
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

static __attribute__((noinline)) void line_if_marked(struct print *p, const char *line, size_t n)
{
    if (n > VL_TEXT_PIECE_MAX)
        n = VL_TEXT_PIECE_MAX;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        if (memmem(line, n, markers[i].text, markers[i].length)) {
            piece(p, VL_TEXT_MARKED, line, n);
            return;
        }
    }
}

/* ---- the ring ---- */

/* One that cannot be had is not asked for again. */
static __attribute__((noinline)) struct vl_ring *ring_get(void)
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

/* Text that is ready to be stored. */
static void ring_store(struct vl_ring *ring, uint64_t at, const char *text, size_t n)
{
    size_t from = at % VL_RING_BYTES, first = VL_RING_BYTES - from < n ? VL_RING_BYTES - from : n;
    memcpy(ring->text + from, text, first);
    memcpy(ring->text, text + first, n - first);
}

/* As seals.c cuts text: where no key goes on, if it can. */
static size_t block_length(const char *text, size_t n)
{
    if (n <= BLOCK_BYTES)
        return n;
    for (size_t i = BLOCK_BYTES; i > BLOCK_BYTES - 64; i--)
        if (text[i - 1] == '\n' || text[i - 1] == ' ')
            return i;
    return BLOCK_BYTES;
}

/* Masked, and sealed, before it is stored: whoever is killed in between leaves nothing else behind. What is
 * cut off in front is looked at for the beginning of a key. */
static __attribute__((noinline)) void ring_copy(struct vl_ring *ring, uint64_t at, const char *text, size_t n,
                                                const struct seal *seal)
{
    char block[BLOCK_BYTES];
    size_t skip = n > VL_RING_BYTES ? n - VL_RING_BYTES : 0;
    size_t i = skip > BLOCK_BYTES / 2 ? skip - BLOCK_BYTES / 2 : 0;
    while (i < n) {
        size_t part = block_length(text + i, n - i), ahead = i < skip ? skip - i : 0;
        if (ahead > part)
            ahead = part;
        redact_copy(block, part, text + i, part);
        if (seal)
            vl_seal_turn_over(seal->key, seal->writer, VL_SEAL_RING + at + i, block, block, part);
        ring_store(ring, at + i + ahead, block + ahead, part - ahead);
        i += part;
    }
}

/* The ring is another pipe's, or another program's: what it holds is no beginning of what is printed now. */
static __attribute__((noinline)) void ring_turn(struct vl_ring *ring, const struct seal *seal)
{
    uint64_t pipe = seal ? seal->pipe : 0, writer = seal ? seal->writer : 0;
    if (likely(ring->pipe == pipe && ring->writer == writer))
        return;
    memset(ring->text, 0, sizeof ring->text);
    ring->from = ring->written;
    ring->writer = writer;
    __atomic_store_n(&ring->pipe, pipe, __ATOMIC_RELEASE);
    out.line_start = ring->written;
}

/* What is still there of a line that began in earlier writes. */
static __attribute__((noinline)) void ring_read(const struct vl_ring *ring, uint64_t at, char *text, size_t n,
                                                const struct seal *seal)
{
    for (size_t i = 0; i < n; i++)
        text[i] = (char)ring->text[(at + i) % VL_RING_BYTES];
    if (seal)
        vl_seal_turn_over(seal->key, seal->writer, VL_SEAL_RING + at, text, text, n);
}

/* A line that began in earlier writes: their part is still in the ring. */
static void straddling_line(const struct vl_ring *ring, uint64_t at, const char *text, size_t n,
                            struct print *p)
{
    uint64_t before = at - out.line_start;
    if (before > STRADDLE_BYTES / 2)
        before = STRADDLE_BYTES / 2;
    ring_read(ring, out.line_start, p->line, before, p->seal);
    if (n > STRADDLE_BYTES - before)
        n = STRADDLE_BYTES - before;
    memcpy(p->line + before, text, n);
    line_if_marked(p, p->line, before + n);
}

/* The text stands at `at` of the output and is not in the ring yet. */
static void scan(const struct vl_ring *ring, uint64_t at, const char *text, size_t n, struct print *p)
{
    const char *line = text, *end = text + n, *newline;
    if (out.scanned > SCAN_BYTES || memchr(text, 0, n < 256 ? n : 256)) {
        out.line_start = at + n;
        return;
    }
    out.scanned += n;
    while (line < end && (newline = memchr(line, '\n', (size_t)(end - line)))) {
        if (line == text && out.line_start < at)
            straddling_line(ring, at, text, (size_t)(newline - text), p);
        else
            line_if_marked(p, line, (size_t)(newline - line));
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

/* What may stay of a long text, and what in front of it may be the beginning of a key. */
#define END_BYTES (VL_RING_BYTES + BLOCK_BYTES / 2)

/* In pieces; where nothing is looked for, only the end. */
static void keep_pieces(struct vl_ring *ring, uint64_t start, struct print *p, bool scans, char *room)
{
    for (size_t done = 0, n; done < p->bytes; done += n) {
        bool looks = scans && out.scanned <= SCAN_BYTES;
        if (!looks && p->bytes - done > END_BYTES)
            done = p->bytes - END_BYTES;
        n = at_most(p->bytes - done, USER_ROOM_BYTES);
        bool more = n < p->bytes - done, there = copy_some(p, done, room, n);
        if (!there && !room)
            return;
        if (!there)
            memset(room, 0, n);
        n = whole_lines(room, n, more);
        if (scans)
            scan(ring, start + done, room, n, p);
        ring_copy(ring, start + done, room, n, p->seal);
    }
}

static void keep_end(struct print *p)
{
    struct vl_ring *ring = ring_get();
    char *room = ring ? user_room_take() : NULL;
    if (!ring)
        return;
    ring_turn(ring, p->seal);
    uint64_t at = __atomic_fetch_add(&ring->written, p->bytes, __ATOMIC_RELAXED);
    bool scans = !__atomic_exchange_n(&out.scanning, 1, __ATOMIC_ACQUIRE);
    keep_pieces(ring, at, p, scans, room);
    if (scans)
        __atomic_store_n(&out.scanning, 0, __ATOMIC_RELEASE);
    if (room)
        user_room_give(room, p->bytes);
}

/* False: nothing of it is kept. */
static __attribute__((noinline)) bool find_seal(struct print *p)
{
    uint64_t pipe;
    enum output output = outputs_look(p->stream, &pipe);
    if (output == OUTPUT_SEALED && !seals_get(pipe, &p->room))
        return false;
    p->seal = output == OUTPUT_SEALED ? &p->room : NULL;
    return output != OUTPUT_NONE;
}

static bool is_kept(int fd)
{
    const struct fd_entry *e = fds_entry(fd);
    enum vl_fd_type type = e ? fds_type(e) : VL_FD_OTHER;
    bool interesting =
        type == VL_FD_FILE || type == VL_FD_PIPE || type == VL_FD_TERMINAL || type == VL_FD_SOCKET;
    return config.lines != LINES_NONE && !self.claude && !thread_is_vfork_child() && interesting;
}

static __attribute__((noinline)) void written(int fd, const char *text, size_t n, bool ours)
{
    if (shim.prompts)
        prompts_written(fd, text, n);
    if (!is_kept(fd))
        return;
    SCRATCH(struct print, p);
    if (!p)
        return;
    p->text = text, p->bytes = n, p->stream = fd, p->ours = ours;
    if (!find_seal(p))
        return;
    if (fd == 2 || config.lines == LINES_ALL)
        pieces(p);
    else
        keep_end(p);
}

COLD void lines_written(int fd, const void *text, size_t n) { written(fd, text, n, false); }

COLD void lines_said(int fd, const void *text, size_t n) { written(fd, text, n, true); }

void lines_prepare(void)
{
    uint64_t pipe;
    if (config.lines == LINES_NONE || self.claude || thread_is_vfork_child())
        return;
    outputs_look(1, &pipe);
    outputs_look(2, &pipe);
    if (config.lines == LINES_AUTO)
        ring_get();
}

void lines_wipe(void)
{
    struct vl_ring *ring = __atomic_load_n(&out.ring, __ATOMIC_ACQUIRE);
    if (!ring)
        return;
    ring->written = ring->from = 0;
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
