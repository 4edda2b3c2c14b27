/* The index is made by hopping over the members. */
#include "read/packed/packed.h"

#include "read/packed/member.h"
#include "read/read_all.h"

#include "base/arena.h"
#include "base/vec.h"

#include "vl/spool.h"

#include <string.h>
#include <unistd.h>

struct member {
    uint64_t at, start; /* in the file, in what it unpacks to */
    uint32_t length, bytes;
};

struct packed {
    struct arena *arena;
    int fd;
    struct vec members; /* of struct member */
    uint64_t bytes;
    bool damaged;
    size_t unpacked; /* the member that is in `buffer`; members.count: none */
    uint8_t *buffer, *input;
};

static void add_member(struct packed *p, struct member member)
{
    member.start = p->bytes;
    *VEC_PUSH(p->arena, &p->members, struct member) = member;
    p->bytes += member.bytes;
}

/* What is no member is one of a page that does not unpack, so that the loss shows. */
static void index_members(struct packed *p)
{
    uint8_t header[MEMBER_HEADER];
    uint64_t at = 0;
    ssize_t got;
    while ((got = pread(p->fd, header, sizeof header, (off_t)at)) > 0) {
        struct member one = {.at = at};
        bool good = member_begins(header, (size_t)got, &one.length, &one.bytes);
        if (!good)
            one = (struct member){.at = at, .bytes = VL_PAGE};
        add_member(p, one);
        if (!good)
            break;
        at += one.length;
    }
}

struct packed *packed_open(int fd)
{
    uint8_t header[MEMBER_HEADER];
    uint32_t length, bytes;
    ssize_t got = pread(fd, header, sizeof header, 0);
    if (got < 0 || !member_begins(header, (size_t)got, &length, &bytes))
        return NULL;
    struct arena *arena = arena_new();
    struct packed *p = ARENA_NEW(arena, struct packed);
    *p = (struct packed){.arena = arena, .fd = fd};
    index_members(p);
    p->unpacked = p->members.count;
    p->buffer = arena_alloc(arena, MEMBER_BYTES);
    p->input = arena_alloc(arena, member_bound());
    return p;
}

void packed_close(struct packed *p)
{
    if (p)
        arena_free(p->arena);
}

uint64_t packed_bytes(const struct packed *p) { return p->bytes; }

bool packed_is_whole(const struct packed *p) { return !p->damaged; }

static bool unpack(struct packed *p, const struct member *member)
{
    return member->length &&
           read_all(p->fd, p->input, member->length, member->at) == (ssize_t)member->length &&
           member_unpack(p->input, member->length, p->buffer, member->bytes);
}

static void have_member(struct packed *p, size_t index)
{
    const struct member *member = VEC_AT(&p->members, struct member, index);
    if (p->unpacked == index)
        return;
    p->unpacked = index;
    if (unpack(p, member))
        return;
    p->damaged = true;
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
