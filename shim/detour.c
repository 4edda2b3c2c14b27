/* A page near the functions holds, for each, a jump to ours and the instructions that were moved. */
#include "detour.h"

#include "instruction.h"
#include "raw.h"

#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define JUMP_BYTES 5u            /* e9 and a 32 bit displacement */
#define HOP_BYTES  14u           /* jmp *0(%rip) and the address */
#define PUSH_BYTES 6u            /* of push address(%rip) */
#define MOVED_MAX  20u           /* of a function */
#define PLACE      64u           /* of the page: a hop to ours, what was moved (jumps grow), a hop back */
#define STEP       (256ul << 10) /* between the places that are tried */
#define REACH      (1ul << 30)
#define LOWEST     (64ul << 10) /* nothing may be mapped below */

#if defined(__x86_64__)

struct moved {
    unsigned bytes, made; /* of the function; of what does the same at another address */
    uint8_t code[PLACE - 2 * HOP_BYTES];
};

static void put_hop(uint8_t *to, const void *target)
{
    static const uint8_t jump[6] = {0xff, 0x25};
    memcpy(to, jump, sizeof jump);
    memcpy(to + sizeof jump, &target, sizeof target);
}

static bool put_distance(uint8_t *to, int64_t distance)
{
    int32_t near = (int32_t)distance;
    memcpy(to, &near, sizeof near);
    return near == distance;
}

/* A call returns behind itself in the function, whose frame is then the only one that an unwinder meets: the
 * address lies in the hop back, which follows. */
static void put_call(uint8_t *to)
{
    static const uint8_t push[PUSH_BYTES] = {0xff, 0x35, JUMP_BYTES + HOP_BYTES - sizeof(void *)};
    memcpy(to, push, sizeof push);
    to[PUSH_BYTES] = 0xe9;
}

/* Jumps become long ones. */
static void put_conditional(uint8_t *to, unsigned opcode)
{
    to[0] = 0x0f;
    to[1] = (uint8_t)(0x80 | (opcode & 15));
}

/* One instruction as it has to be at `at`. Jumps that always jump are left alone: what follows is no more of
 * the function's beginning. */
static bool move_one(struct moved *m, const uint8_t *from, const struct x86 *i, const uint8_t *at)
{
    uint8_t *to = m->code + m->made;
    const uint8_t *target = from + (i->at ? x86_target(from, i) : 0);
    bool conditional = i->branch && (i->opcode >> 4 == 0x7 || i->opcode >> 4 == 0x0f8);
    bool calls = i->opcode == 0xe8;
    unsigned grown = calls ? PUSH_BYTES + JUMP_BYTES : conditional ? 6 : i->bytes;
    if (m->made + grown > sizeof m->code || (i->branch && !conditional && !calls))
        return false;
    m->made += grown;
    m->bytes += i->bytes;
    if (!i->branch)
        memcpy(to, from, i->bytes);
    else if (calls)
        put_call(to);
    else
        put_conditional(to, i->opcode);
    unsigned displacement = i->branch ? grown - 4 : i->at;
    return i->at == 0 || put_distance(to + displacement, target - (at + m->made));
}

/* at: where the moved instructions will stand. */
static bool move(struct moved *m, const struct detour *d, const uint8_t *at)
{
    const uint8_t *code = d->function;
    *m = (struct moved){0};
    while (m->bytes < JUMP_BYTES) {
        struct x86 i = x86_read(code + m->bytes, d->bytes - m->bytes);
        bool ends = i.opcode == 0xc3 || i.opcode == 0xcc || i.opcode == 0x0f0b;
        if (i.bytes == 0 || ends || m->bytes + i.bytes > MOVED_MAX || !move_one(m, code + m->bytes, &i, at))
            return false;
    }
    return true;
}

/* Whether no instruction of the function jumps between the first ones; all of them have to be known. */
static bool is_entered_at_its_start(const struct detour *d, unsigned moved)
{
    const uint8_t *code = d->function;
    for (size_t at = 0; at < d->bytes;) {
        struct x86 i = x86_read(code + at, d->bytes - at);
        if (i.bytes == 0)
            return false;
        int64_t target = i.branch ? (int64_t)at + x86_target(code + at, &i) : 0;
        if (target > 0 && target < moved)
            return false;
        at += i.bytes;
    }
    return true;
}

static bool prepare(const struct detour *d, uint8_t *place, const uint8_t *final)
{
    struct moved m;
    if (!move(&m, d, final + HOP_BYTES) || !is_entered_at_its_start(d, m.bytes))
        return false;
    put_hop(place, d->ours);
    memcpy(place + HOP_BYTES, m.code, m.made);
    put_hop(place + HOP_BYTES + m.made, (const uint8_t *)d->function + m.bytes);
    return true;
}

/* A free page below the module, so that it stays in no heap's way; jumps of 32 bits reach it. */
static uint8_t *page_near(const void *function, size_t page)
{
    const uintptr_t from = (uintptr_t)function & -page;
    for (uintptr_t down = STEP; down <= REACH && down + LOWEST < from; down += STEP) {
        uintptr_t at = from - down;
        long p = raw6(SYS_mmap, (long)at, (long)page, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (p == (long)at)
            return (uint8_t *)p;
        if (p > 0) /* a kernel that takes the address for a hint */
            raw(SYS_munmap, p, page);
    }
    return NULL;
}

/* A changed copy in the place of the page: another thread that runs there finds the one or the other. What is
 * written is never executable before it is done, and what the kernel refuses is refused before anything
 * changed. */
static bool replace_page(uint8_t *page, size_t bytes, const struct detour *d, const uint8_t *jump)
{
    uint8_t *copy =
        (uint8_t *)raw6(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if ((long)copy < 0 && (long)copy > -4096)
        return false;
    memcpy(copy, page, bytes);
    memcpy(copy + ((uint8_t *)d->function - page), jump, JUMP_BYTES);
    if (raw(SYS_mprotect, copy, bytes, PROT_READ | PROT_EXEC) == 0 &&
        raw(SYS_mremap, copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, page) == (long)page)
        return true;
    raw(SYS_munmap, copy, bytes);
    return false;
}

/* The jump may lie on two pages. */
static bool put_jump(const struct detour *d, const uint8_t *hop, size_t page)
{
    uint8_t *at = d->function, *from = (uint8_t *)((uintptr_t)at & -page), jump[JUMP_BYTES] = {0xe9};
    size_t end = (size_t)(at + JUMP_BYTES - from);
    return put_distance(jump + 1, hop - (at + JUMP_BYTES)) &&
           replace_page(from, end > page ? 2 * page : page, d, jump);
}

static bool prepare_all(const struct detour *detours, size_t n, uint8_t *places)
{
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        good = prepare(&detours[i], places + i * PLACE, places + i * PLACE);
    return good;
}

static bool put_all(struct detour *detours, size_t n, uint8_t *places, size_t page)
{
    bool good = raw(SYS_mprotect, places, page, PROT_READ | PROT_EXEC) == 0;
    for (size_t i = 0; i < n && good; i++) {
        good = put_jump(&detours[i], places + i * PLACE, page);
        detours[i].original = good ? places + i * PLACE + HOP_BYTES : detours[i].function;
    }
    return good;
}

bool detour_place(struct detour *detours, size_t n)
{
    size_t page = getauxval(AT_PAGESZ);
    uint8_t *places = n > 0 && n * PLACE <= page ? page_near(detours[0].function, page) : NULL;
    if (!places)
        return false;
    for (size_t i = 0; i < n; i++)
        detours[i].original = detours[i].function;
    struct blocked_signals blocked = raw_block_signals();
    bool good = prepare_all(detours, n, places);
    if (good)
        good = put_all(detours, n, places, page);
    else
        raw(SYS_munmap, places, page);
    raw_restore_signals(blocked);
    return good;
}

#else

bool detour_place(struct detour *detours, size_t n)
{
    (void)detours;
    (void)n;
    return false;
}

#endif
