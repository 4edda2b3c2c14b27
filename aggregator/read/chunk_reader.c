/* The stretch of the file that is in memory, and what makes a chunk a chunk. */
#include "read/chunk_reader.h"

#include "read/read_all.h"

#include "base/diag.h"

#include "vl/crc32c.h"
#include "vl/version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_BUFFER_BYTES (2u << 20) /* at least VL_CHUNK_MAX, so that a chunk always fits */
#define TICK_SHIFT_MAX     32

int chunk_reader_open(struct chunk_reader *reader, const struct spool_file *file, struct damages *damages,
                      struct err *err)
{
    uint8_t *buffer = reader->buffer ? reader->buffer : aligned_alloc(VL_PAGE, CHUNK_BUFFER_BYTES + VL_PAGE);
    if (!buffer)
        diag_no_memory();
    *reader = (struct chunk_reader){.file = file, .damages = damages, .buffer = buffer};
    reader->fd = open(file->path.ptr, O_RDONLY | O_CLOEXEC);
    if (reader->fd < 0)
        return err_set(err, ERR_INPUT, "%s: %s; make the file readable", file->path.ptr, strerror(errno));
    reader->packed = packed_open(reader->fd);
    return 0;
}

void chunk_reader_close(struct chunk_reader *reader)
{
    if (reader->fd >= 0)
        close(reader->fd);
    packed_close(reader->packed);
    reader->packed = NULL;
    reader->fd = -1;
}

void chunk_reader_free(struct chunk_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
}

/* Of a file as it was recorded, packed or not; as read_fully. */
static ssize_t read_plain(int fd, struct packed *packed, uint8_t *buffer, size_t bytes, uint64_t offset)
{
    return packed ? packed_read(packed, buffer, bytes, offset) : read_all(fd, buffer, bytes, offset);
}

/* Fills the buffer from `offset` to its end or the file's. */
static int fill(struct chunk_reader *r, uint64_t offset, struct err *err)
{
    ssize_t got = read_plain(r->fd, r->packed, r->buffer, CHUNK_BUFFER_BYTES, offset);
    r->start = offset;
    r->filled = got < 0 ? 0 : (uint64_t)got;
    if (got < 0)
        return err_set(err, ERR_INPUT, "%s: reading at offset %llu failed (%s); copy the spool and try again",
                       r->file->path.ptr, (unsigned long long)offset, strerror(errno));
    memset(r->buffer + r->filled, 0, CHUNK_SLACK);
    return 0;
}

/* At least `want` bytes from r->next on in the buffer, or as many as the file has; *have says how many. */
static int need(struct chunk_reader *r, uint64_t want, uint64_t *have, struct err *err)
{
    bool inside = r->next >= r->start && r->next + want <= r->start + r->filled;
    int failed = inside ? 0 : fill(r, r->next, err);
    *have = failed ? 0 : r->start + r->filled - r->next;
    return failed;
}

static uint8_t *at_next(const struct chunk_reader *r) { return r->buffer + (r->next - r->start); }

static bool all_zero(const uint8_t *p, size_t bytes)
{
    return bytes == 0 || (*p == 0 && memcmp(p, p + 1, bytes - 1) == 0);
}

static const char *bad_sizes(const struct vl_chunk *h)
{
    if (h->chunk_bytes == 0 || h->chunk_bytes % VL_PAGE || h->chunk_bytes > VL_CHUNK_MAX)
        return "The chunk's size is impossible.";
    if (h->header_bytes < sizeof *h || h->header_bytes > h->chunk_bytes)
        return "The size of the chunk's header is impossible.";
    if (h->used_bytes && (h->used_bytes < h->header_bytes || h->used_bytes > h->chunk_bytes))
        return "The chunk says that more of it is used than it has.";
    return NULL;
}

/* Why these bytes are no chunk of ours, or NULL. */
static const char *bad_header(const struct vl_chunk *h)
{
    if (h->magic != VL_MAGIC)
        return "No chunk begins here.";
    if (h->version == 0 || h->version > VL_FORMAT_VERSION)
        return "The chunk was written by a newer version; read it with that version's vlagg.";
    if (h->kind < VL_CHUNK_EVENTS || h->kind > VL_CHUNK_CONTROL)
        return "The chunk is of no kind that is known.";
    if (h->tick_shift > TICK_SHIFT_MAX || h->clock < VL_CLOCK_TSC || h->clock > VL_CLOCK_MONOTONIC)
        return "The chunk's clock is not known.";
    if (!memchr(h->host, 0, sizeof h->host))
        return "The chunk's host name does not end.";
    return bad_sizes(h);
}

static size_t kind_bytes(uint8_t kind)
{
    return kind == VL_CHUNK_RING      ? sizeof(struct vl_ring)
           : kind == VL_CHUNK_CONTROL ? sizeof(struct vl_control)
                                      : sizeof(struct vl_chunk);
}

static uint32_t checksum_of(const uint8_t *chunk, uint32_t used)
{
#ifdef __x86_64__
    return vl_chunk_checksum(chunk, used, __builtin_cpu_supports("sse4.2"));
#else
    return vl_chunk_checksum(chunk, used, 0);
#endif
}

static bool checksum_right(const struct vl_chunk *h, const uint8_t *bytes)
{
    return checksum_of(bytes, h->used_bytes) == h->crc32c;
}

static void add_damage(struct chunk_reader *r, uint64_t offset, uint64_t bytes, const char *what)
{
    damage_add(r->damages, r->file->label, offset, bytes, what);
}

/* The chunk's size. In an open chunk no checksum covers it: should it be too large, the next chunk begins
 * within. */
static uint32_t real_size(const struct chunk_reader *r, const struct vl_chunk *h, uint64_t have)
{
    uint64_t end = have < h->chunk_bytes ? have : h->chunk_bytes;
    bool checkable = h->used_bytes && h->used_bytes <= have;
    uint32_t first = checkable ? (h->used_bytes + VL_PAGE - 1) / VL_PAGE * VL_PAGE : VL_PAGE;
    for (uint32_t at = first; at + sizeof *h <= end; at += VL_PAGE)
        if (!bad_header((const struct vl_chunk *)(const void *)(at_next(r) + at)))
            return at;
    return h->chunk_bytes;
}

/* What is in the buffer of a chunk whose header is right; NULL or why it cannot be used. */
static const char *accept(struct chunk_reader *r, const struct vl_chunk *h, uint32_t size, uint64_t have,
                          struct chunk *chunk)
{
    uint32_t used = h->used_bytes ? h->used_bytes : size;
    bool cut = have < used;
    if (have < kind_bytes(h->kind) || have < h->header_bytes)
        return "The file ends within a chunk.";
    *chunk =
        (struct chunk){.header = h, .bytes = at_next(r), .limit = used, .file = r->file, .offset = r->next};
    if (cut) {
        chunk->limit = (uint32_t)have;
        add_damage(r, r->next + have, used - have,
                   "The file ends within a chunk; what it held there is lost.");
    }
    if (size < h->chunk_bytes)
        add_damage(r, r->next, sizeof *h, "The chunk says that it is larger than it can be.");
    if (cut || !h->used_bytes)
        return NULL;
    chunk->checked = checksum_right(h, chunk->bytes);
    return chunk->checked ? NULL : "The chunk's checksum is wrong; its events are left out.";
}

/* The counters of a host are valid before their header is stored: give them one. */
static void name_control(struct chunk_reader *r, uint64_t have)
{
    struct vl_chunk *h = (struct vl_chunk *)(void *)at_next(r);
    if (r->next == 0 && have >= VL_PAGE && h->magic == 0 && str_equal(r->file->folder, STR(VL_RUN_FOLDER)) &&
        !all_zero(at_next(r), VL_PAGE))
        *h = (struct vl_chunk){.magic = VL_MAGIC,
                               .version = VL_FORMAT_VERSION,
                               .kind = VL_CHUNK_CONTROL,
                               .header_bytes = sizeof *h,
                               .chunk_bytes = VL_PAGE,
                               .clock = VL_CLOCK_MONOTONIC};
}

/* The chunk at r->next, whose first page is in the buffer. 1: *chunk is it; 0: there is none. */
static int take_chunk(struct chunk_reader *r, uint64_t have, struct chunk *chunk, struct err *err)
{
    const struct vl_chunk *h = (const struct vl_chunk *)(const void *)at_next(r);
    const char *bad = have < sizeof *h ? "The file ends within a page." : bad_header(h);
    if (!bad && h->chunk_bytes > have) {
        if (need(r, h->chunk_bytes, &have, err) < 0)
            return -ERR_INPUT;
        h = (const struct vl_chunk *)(const void *)at_next(r);
        bad = have < sizeof *h ? "The file ends within a page." : bad_header(h);
    }
    uint32_t size = bad ? VL_PAGE : real_size(r, h, have);
    if (!bad)
        bad = accept(r, h, size, have, chunk);
    if (bad)
        add_damage(r, r->next, have < VL_PAGE ? have : VL_PAGE, bad);
    r->next += bad ? VL_PAGE : size;
    return !bad;
}

int chunk_reader_next(struct chunk_reader *r, struct chunk *chunk, struct err *err)
{
    for (;;) {
        uint64_t have;
        int failed = need(r, VL_PAGE, &have, err);
        if (failed || have == 0)
            return failed;
        name_control(r, have);
        if (all_zero(at_next(r), have < VL_PAGE ? have : VL_PAGE)) {
            r->next += VL_PAGE;
            continue;
        }
        int taken = take_chunk(r, have, chunk, err);
        if (taken)
            return taken;
    }
}

bool chunk_reload(const struct spool_file *file, uint64_t offset, uint32_t limit, uint8_t *buffer,
                  struct chunk *chunk)
{
    int fd = open(file->path.ptr, O_RDONLY | O_CLOEXEC);
    struct packed *packed = fd < 0 ? NULL : packed_open(fd);
    ssize_t got = fd < 0 ? -1 : read_plain(fd, packed, buffer, limit, offset);
    packed_close(packed);
    if (fd >= 0)
        close(fd);
    const struct vl_chunk *h = (const struct vl_chunk *)(const void *)buffer;
    if (got < (ssize_t)sizeof *h || bad_header(h) || h->header_bytes > got)
        return false;
    memset(buffer + got, 0, limit - (size_t)got + CHUNK_SLACK);
    *chunk =
        (struct chunk){.header = h, .bytes = buffer, .limit = (uint32_t)got, .file = file, .offset = offset};
    return true;
}

void chunk_broken(struct damages *damages, const struct chunk *chunk, uint32_t offset)
{
    damage_add(damages, chunk->file->label, chunk->offset + offset, chunk->limit - offset,
               "The events of the chunk end in bytes that are no event; those before are kept.");
}
