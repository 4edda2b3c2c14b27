/* zlib does the work; the index is made by hopping over the members. */
#include "read/packed.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/vec.h"

#include "vl/spool.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>

struct member {
    uint64_t at, start; /* in the file, in what it unpacks to */
    uint32_t length, bytes;
};

struct packed {
    struct arena *arena;
    int fd;
    struct vec members; /* of struct member */
    uint64_t bytes;
    size_t unpacked; /* the member that is in `buffer`; members.count: none */
    uint8_t *buffer, *input;
};

static uint32_t number_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_number(uint8_t *p, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(number >> 8 * i);
}

static bool is_ours(const uint8_t *header)
{
    static const uint8_t begin[] = {0x1f, 0x8b, 8, 4}; /* gzip, deflate, with an extra field */
    return memcmp(header, begin, sizeof begin) == 0 && header[10] == 12 && header[11] == 0 &&
           header[12] == 'V' && header[13] == 'L' && header[14] == 8;
}

static void add_member(struct packed *p, struct member member)
{
    member.start = p->bytes;
    *VEC_PUSH(p->arena, &p->members, struct member) = member;
    p->bytes += member.bytes;
}

/* What is no member is one of a page that does not unpack, so that the loss shows. */
static void index_members(struct packed *p)
{
    uint8_t header[PACKED_HEADER];
    uint64_t at = 0;
    ssize_t got;
    while ((got = pread(p->fd, header, sizeof header, (off_t)at)) > 0) {
        struct member one = {.at = at, .length = 0, .bytes = VL_PAGE};
        if (got == sizeof header && is_ours(header)) {
            one.length = number_at(header + PACKED_SIZES);
            one.bytes = number_at(header + PACKED_SIZES + 4);
        }
        bool good = one.length > PACKED_HEADER && one.bytes <= PACKED_MEMBER &&
                    one.length <= packed_bound(PACKED_MEMBER);
        if (!good)
            one.bytes = VL_PAGE;
        add_member(p, one);
        if (!good)
            break;
        at += one.length;
    }
}

struct packed *packed_open(int fd)
{
    uint8_t header[PACKED_HEADER];
    if (pread(fd, header, sizeof header, 0) != sizeof header || !is_ours(header))
        return NULL;
    struct arena *arena = arena_new();
    struct packed *p = ARENA_NEW(arena, struct packed);
    *p = (struct packed){.arena = arena, .fd = fd};
    index_members(p);
    p->unpacked = p->members.count;
    p->buffer = arena_alloc(arena, PACKED_MEMBER);
    p->input = arena_alloc(arena, packed_bound(PACKED_MEMBER));
    return p;
}

void packed_close(struct packed *p)
{
    if (p)
        arena_free(p->arena);
}

uint64_t packed_bytes(const struct packed *p) { return p->bytes; }

static bool unpack(struct packed *p, const struct member *member)
{
    z_stream z = {
        .next_in = p->input, .avail_in = member->length, .next_out = p->buffer, .avail_out = member->bytes};
    if (pread(p->fd, p->input, member->length, (off_t)member->at) != (ssize_t)member->length ||
        inflateInit2(&z, 15 + 16) != Z_OK)
        return false;
    int status = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return status == Z_STREAM_END && z.avail_out == 0;
}

static void have_member(struct packed *p, size_t index)
{
    const struct member *member = VEC_AT(&p->members, struct member, index);
    if (p->unpacked == index)
        return;
    p->unpacked = index;
    if (unpack(p, member))
        return;
    memset(p->buffer, 0, member->bytes);
    memset(p->buffer, 0xff, member->bytes < VL_PAGE ? member->bytes : VL_PAGE);
}

static int by_start(const void *one, const void *other)
{
    const struct member *a = one, *b = other;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* The member that holds the offset, which is not beyond the end. */
static size_t member_at(const struct packed *p, uint64_t offset)
{
    struct member key = {.start = offset};
    size_t at = vec_lower(&p->members, sizeof key, &key, by_start);
    return at < p->members.count && VEC_AT(&p->members, struct member, at)->start == offset ? at : at - 1;
}

ssize_t packed_read(struct packed *p, uint8_t *buffer, size_t bytes, uint64_t offset)
{
    size_t done = 0;
    while (done < bytes && offset + done < p->bytes) {
        size_t index = member_at(p, offset + done);
        const struct member *member = VEC_AT(&p->members, struct member, index);
        size_t from = (size_t)(offset + done - member->start), some = member->bytes - from;
        have_member(p, index);
        some = some < bytes - done ? some : bytes - done;
        memcpy(buffer + done, p->buffer + from, some);
        done += some;
    }
    return (ssize_t)done;
}

size_t packed_bound(size_t bytes) { return compressBound(bytes) + 64; }

size_t packed_member(const uint8_t *from, size_t bytes, uint8_t *out)
{
    uint8_t extra[12] = {'V', 'L', 8, 0};
    gz_header header = {.os = 3, .extra = extra, .extra_len = sizeof extra};
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)from,
                  .avail_in = (uInt)bytes,
                  .next_out = out,
                  .avail_out = (uInt)packed_bound(bytes)};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        diag_no_memory();
    deflateSetHeader(&z, &header);
    int status = deflate(&z, Z_FINISH);
    size_t length = z.total_out;
    deflateEnd(&z);
    if (status != Z_STREAM_END)
        BUG("a member has more room than it can need");
    put_number(out + PACKED_SIZES, (uint32_t)length);
    put_number(out + PACKED_SIZES + 4, (uint32_t)bytes);
    return length;
}
