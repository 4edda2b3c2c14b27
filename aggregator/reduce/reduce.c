/* A chunk's way into the facts: its header, then the loop over its events.
 *
 * Bytes moved are nearly all of a recording, and four short varints each. The loop finds the ends of all
 * four in one word and never leaves it for them; whatever does not fit goes through the decoder. */
#include "reduce/state.h"
#include "vl/seal.h"

#include <stdlib.h>

/* What the compact code moves: 1 + enum direction, or 0. */
static const uint8_t moves[256] = {
    [VL_file_read] = 1 + DIRECTION_READ,     [VL_file_pread] = 1 + DIRECTION_READ,
    [VL_file_readv] = 1 + DIRECTION_READ,    [VL_file_preadv] = 1 + DIRECTION_READ,
    [VL_stdio_read] = 1 + DIRECTION_READ,    [VL_socket_recv] = 1 + DIRECTION_READ,
    [VL_transfer_read] = 1 + DIRECTION_READ, [VL_transfer_write] = 1 + DIRECTION_WRITE,
    [VL_file_write] = 1 + DIRECTION_WRITE,   [VL_file_pwrite] = 1 + DIRECTION_WRITE,
    [VL_file_writev] = 1 + DIRECTION_WRITE,  [VL_file_pwritev] = 1 + DIRECTION_WRITE,
    [VL_stdio_write] = 1 + DIRECTION_WRITE,  [VL_socket_send] = 1 + DIRECTION_WRITE,
};

struct reducer *reducer_new(struct facts *facts)
{
    struct arena *arena = arena_new();
    struct reducer *r = ARENA_NEW(arena, struct reducer);
    r->arena = arena;
    r->facts = facts;
    r->tables[0].arena = r->tables[1].arena = arena;
    r->fds = &r->tables[0];
    return r;
}

void reducer_free(struct reducer *reducer)
{
    if (reducer)
        arena_free(reducer->arena);
}

/* The 7-bit groups of up to eight bytes, put together; stop bits must be clear. */
static inline uint64_t gather(uint64_t groups)
{
    groups = (groups & 0x007f007f007f007fu) | (groups & 0x7f007f007f007f00u) >> 1;
    groups = (groups & 0x00003fff00003fffu) | (groups & 0x3fff00003fff0000u) >> 2;
    return (groups & 0x0fffffffu) | (groups & 0x0fffffff00000000u) >> 4;
}

struct move {
    uint64_t since, fd, bytes;
    unsigned length; /* of the four varints */
};

#define STOP_BITS 0x8080808080808080u

/* The four varints at p, if they end within eight bytes. */
static inline bool move_decode(const uint8_t *p, struct move *move)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    uint64_t since = ~word & STOP_BITS;
    uint64_t took = since & (since - 1), fd = took & (took - 1), bytes = fd & (fd - 1);
    if (!bytes)
        return false;
    uint64_t groups = word & ~STOP_BITS;
    uint64_t until_since = since ^ (since - 1), until_took = took ^ (took - 1);
    uint64_t until_fd = fd ^ (fd - 1), until_bytes = bytes ^ (bytes - 1);
    unsigned fd_at = (unsigned)__builtin_ctzll(took) + 1, bytes_at = (unsigned)__builtin_ctzll(fd) + 1;
    move->since = gather(groups & until_since);
    move->fd = gather((groups & until_fd & ~until_took) >> fd_at);
    move->bytes = gather((groups & until_bytes & ~until_fd) >> bytes_at);
    move->length = ((unsigned)__builtin_ctzll(bytes) + 1) / 8;
    return true;
}

static inline void slot_move(struct slot *slot, unsigned direction, uint64_t bytes, uint64_t units)
{
    if (slot->ops[direction]++ == 0)
        slot->first[direction] = units;
    slot->last[direction] = units;
    slot->bytes[direction] += bytes;
}

/* Takes moves for as long as one follows another; returns how many. */
static uint64_t take_moves(struct reducer *r)
{
    struct cursor *c = &r->cursor;
    const uint8_t *at = c->at, *end = c->end;
    uint64_t units = c->units, taken = 0;
    struct slots *fds = r->fds;
    struct move move;
    while (at < end) {
        unsigned moved = moves[*at];
        if (!moved || !move_decode(at + 1, &move) || at + 1 + move.length > end)
            break;
        units += move.since;
        slot_move(slots_get_fast(fds, move.fd), moved - 1, move.bytes, units);
        at += 1 + move.length;
        taken++;
    }
    c->at = at;
    c->units = units;
    return taken;
}

static void note_events(struct reducer *r, uint64_t count, uint64_t first)
{
    if (r->events == 0)
        r->first = first;
    r->last = r->cursor.units;
    r->events += count;
}

static void take_move(struct reducer *r, const struct record *record, unsigned direction)
{
    slot_move(slots_get_fast(r->fds, record->cells[0]), direction, record->cells[1], r->cursor.units);
    if (r->wire)
        reduce_socket_turn(r, record, direction);
}

/* The events of the chunk; as reduce_chunk returns. */
static uint32_t take_events(struct reducer *r)
{
    struct record record;
    for (;;) {
        uint64_t before = r->cursor.units, taken = r->wire ? 0 : take_moves(r);
        if (taken)
            note_events(r, taken, before);
        enum cursor_state state = cursor_next(&r->cursor, &record);
        if (state == CURSOR_BROKEN)
            return (uint32_t)(r->cursor.at - r->cursor.begin);
        if (state == CURSOR_END)
            return 0;
        if (!moves[record.code])
            reduce_record(r, &record);
        else
            take_move(r, &record, moves[record.code] - 1u);
        note_events(r, 1, r->cursor.units);
    }
}

static void begin(struct reducer *r, const struct chunk *chunk)
{
    const struct vl_chunk *h = chunk->header;
    struct facts *f = r->facts;
    r->chunk = chunk;
    r->host = facts_host(f, str_of(h->host), h->boot_id, h->clock);
    r->video = facts_video(f, STR(""), STR(""), 0);
    r->process = r->owner = facts_process(f, r->host, h->pid, h->process_start);
    r->tid = h->tid;
    facts_add_parent(f, r->process, h->ppid, h->parent_start);
    facts_add_pair(f, r->host,
                   (struct clock_pair){h->ticks, h->realtime_ns, h->monotonic_ns, h->error_ticks});
    facts_add_offset(f, r->host, (struct utc_offset){h->ticks, h->utc_offset_seconds});
    r->events = 0;
    r->image_began = false;
    r->wire = h->program == VL_PROGRAM_CLAUDE;
    r->functions.count = 0;
    r->fds = &r->tables[0];
    slots_clear(&r->tables[0]);
    slots_clear(&r->tables[1]);
    cursor_start(&r->cursor, chunk);
}

static uint32_t reduce_events(struct reducer *r, const struct chunk *chunk)
{
    begin(r, chunk);
    uint32_t broken = take_events(r);
    reduce_flush(r);
    r->facts->event_count += r->cursor.skipped;
    return broken;
}

/* The end of a process's standard output: what is left in the ring, oldest byte first. */
static void reduce_ring(struct reducer *r, const struct chunk *chunk)
{
    const struct vl_ring *ring = (const struct vl_ring *)(const void *)chunk->bytes;
    struct {
        struct vl_seal_head head;
        char text[VL_RING_BYTES];
    } sealed;
    uint64_t written = ring->written, of = written - ring->from,
             kept = of < VL_RING_BYTES ? of : VL_RING_BYTES;
    if (written == 0 || ring->from >= written)
        return;
    sealed.head = (struct vl_seal_head){ring->pipe, ring->writer, VL_SEAL_RING + written - kept};
    begin(r, chunk);
    for (uint64_t i = 0; i < kept; i++)
        sealed.text[i] = (char)ring->text[(written - kept + i) % VL_RING_BYTES];
    struct text_piece piece = {
        .ticks = chunk->header->ticks,
        .sequence = (uint64_t)chunk->header->sequence << 32,
        .tid = r->tid,
        .video = r->video,
        .stream = 1,
        .flags = (of > kept ? VL_TEXT_CUT_BEFORE : 0) | (ring->pipe ? VL_TEXT_SEALED : 0),
        .text = ring->pipe ? (struct str){(const char *)&sealed, sizeof sealed.head + kept}
                           : (struct str){sealed.text, kept},
    };
    facts_add_text(r->facts, r->process, piece);
}

static void reduce_control(struct reducer *r, const struct chunk *chunk)
{
    const struct vl_control *control = (const struct vl_control *)(const void *)chunk->bytes;
    for (size_t i = 0; i < sizeof control->dropped / sizeof *control->dropped; i++)
        r->facts->dropped[i] += control->dropped[i];
    if (control->dropped[VL_REASON_NO_MAPPING])
        facts_add_damage(
            r->facts, (struct damage){.file = STR("the spool"),
                                      .what = STR("events were not kept, because the kernel refused to "
                                                  "map files there; `vlagg doctor` says whether it does")});
    if (control->dropped[VL_REASON_NOT_UNDERSTOOD])
        facts_add_damage(r->facts, (struct damage){.file = chunk->file->label,
                                                   .offset = chunk->offset,
                                                   .what = STR("the recorder met a state that it does not "
                                                               "understand, and turned itself off there")});
}

/* No two chunks have the same: a thread counts its own. 0: counters whose header was never stored. */
static uint64_t name_of(const struct vl_chunk *h)
{
    uint64_t name = map_mix(str_hash(str_of(h->host)), h->kind);
    const uint64_t parts[] = {h->pid, h->tid, h->process_start, h->sequence, h->nested, h->ticks};
    name = map_mix(name, str_hash((struct str){(const char *)h->boot_id, sizeof h->boot_id}));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        name = map_mix(name, parts[i]);
    return h->ticks ? name : 0;
}

uint32_t reduce_chunk(struct reducer *r, const struct chunk *chunk)
{
    uint64_t name = name_of(chunk->header);
    if (name)
        facts_add_chunk(r->facts, name);
    if (chunk->header->kind == VL_CHUNK_EVENTS)
        return reduce_events(r, chunk);
    if (chunk->header->kind == VL_CHUNK_RING)
        reduce_ring(r, chunk);
    else
        reduce_control(r, chunk);
    return 0;
}
