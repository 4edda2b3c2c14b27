/* From the slots' sums to the facts. */
#include "reduce/state.h"

static bool has_path(const struct slot *slot)
{
    return slot->path.len && slot->type != VL_FD_PIPE && slot->type != VL_FD_SOCKET &&
           slot->type != VL_FD_OTHER;
}

static void times_of(const struct reducer *r, const struct slot *slot, struct file_use *use)
{
    use->first_ticks = slot->open_ticks;
    use->last_ticks = slot->open_ticks;
    for (int d = DIRECTION_READ; d <= DIRECTION_WRITE; d++) {
        if (!slot->ops[d])
            continue;
        use->first_ticks = ticks_first(use->first_ticks, reduce_ticks(r, slot->first[d]));
        use->last_ticks = ticks_last(use->last_ticks, reduce_ticks(r, slot->last[d]));
    }
    use->first_write_ticks = use->last_write_ticks = slot->open_write_ticks;
    if (slot->ops[DIRECTION_WRITE]) {
        use->first_write_ticks =
            ticks_first(use->first_write_ticks, reduce_ticks(r, slot->first[DIRECTION_WRITE]));
        use->last_write_ticks =
            ticks_last(use->last_write_ticks, reduce_ticks(r, slot->last[DIRECTION_WRITE]));
    }
}

static void slot_empty(struct slot *slot)
{
    *slot = (struct slot){.stamp = slot->stamp, .path = slot->path, .type = slot->type};
}

void reduce_flush_slot(struct reducer *r, struct slot *slot)
{
    struct file_use use = {
        .process = r->process,
        .video = r->video,
        .path = slot->path,
        .io = {slot->bytes[0], slot->bytes[1], slot->ops[0], slot->ops[1]},
        .opens = slot->opens,
        .created_ticks = slot->created_ticks,
        .type = slot->type,
        .temp = slot->temp,
    };
    if (!use.opens && !use.io.read_ops && !use.io.write_ops)
        return;
    io_add(&facts_process_at(r->facts, r->process)->io, &use.io);
    if (has_path(slot)) {
        times_of(r, slot, &use);
        facts_add_use(r->facts, &use);
    }
    slot_empty(slot);
}

void reduce_flush(struct reducer *r)
{
    reduce_flush_socket_turns(r);
    SLOTS_EACH (slot, r->fds)
        reduce_flush_slot(r, slot);
    if (!r->events)
        return;
    struct recorded_process *p = facts_process_at(r->facts, r->process);
    p->first_ticks = ticks_first(p->first_ticks, reduce_ticks(r, r->first));
    p->last_ticks = ticks_last(p->last_ticks, reduce_ticks(r, r->last));
    p->events += r->events;
    facts_add_video_of(r->facts, r->process, r->video);
    r->facts->event_count += r->events;
    r->events = 0;
}
