/* Slots in pages; a stamp makes clearing them cost nothing. */
#include "reduce/slots.h"

void slots_clear(struct slots *slots)
{
    slots->stamp++;
    slots->used.count = 0;
}

static struct slot *slot_at(struct slots *slots, uint64_t fd)
{
    if (fd < SLOTS_LOW)
        return &slots->low[fd];
    if (fd >= (uint64_t)SLOTS_LOW * SLOTS_PAGES)
        return &slots->other;
    struct slot **page = &slots->pages[fd / SLOTS_LOW];
    if (!*page)
        *page = arena_alloc(slots->arena, SLOTS_LOW * sizeof **page);
    return *page + fd % SLOTS_LOW;
}

struct slot *slots_get(struct slots *slots, uint64_t fd)
{
    struct slot *slot = slot_at(slots, fd);
    if (slot->stamp != slots->stamp) {
        *slot = (struct slot){.stamp = slots->stamp};
        uint64_t stored = slot == &slots->other ? UINT32_MAX : fd;
        *VEC_PUSH(slots->arena, &slots->used, uint32_t) = (uint32_t)stored;
    }
    return slot;
}

void slots_inherit(struct slots *slots, const struct slots *from)
{
    slots_clear(slots);
    VEC_EACH (uint32_t, fd, &from->used) {
        const struct slot *old = *fd < SLOTS_LOW     ? &from->low[*fd]
                                 : *fd == UINT32_MAX ? &from->other
                                                     : from->pages[*fd / SLOTS_LOW] + *fd % SLOTS_LOW;
        struct slot *slot = slots_get(slots, *fd);
        slot->path = old->path;
        slot->type = old->type;
    }
}
