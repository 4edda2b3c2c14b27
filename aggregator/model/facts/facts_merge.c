/* Merging two sets of facts, and the canonical order that makes the result the same in any grouping. */
#include "model/facts/facts_lists.h"

#include <stdlib.h>

void io_add(struct io_sum *into, const struct io_sum *from)
{
    into->read_bytes += from->read_bytes;
    into->written_bytes += from->written_bytes;
    into->read_ops += from->read_ops;
    into->write_ops += from->write_ops;
}

void kernel_io_raise(struct kernel_io *into, const struct kernel_io *from)
{
    into->moved.read_bytes = ticks_last(into->moved.read_bytes, from->moved.read_bytes);
    into->moved.written_bytes = ticks_last(into->moved.written_bytes, from->moved.written_bytes);
    into->moved.read_ops = ticks_last(into->moved.read_ops, from->moved.read_ops);
    into->moved.write_ops = ticks_last(into->moved.write_ops, from->moved.write_ops);
    into->storage_read_bytes = ticks_last(into->storage_read_bytes, from->storage_read_bytes);
    into->storage_written_bytes = ticks_last(into->storage_written_bytes, from->storage_written_bytes);
}

void facts_add_use(struct facts *facts, const struct file_use *from)
{
    uint32_t index = facts_file(facts, from->process, from->video, from->path);
    struct file_use *use = VEC_AT(&facts->files, struct file_use, index);
    io_add(&use->io, &from->io);
    use->opens += from->opens;
    use->first_ticks = ticks_first(use->first_ticks, from->first_ticks);
    use->last_ticks = ticks_last(use->last_ticks, from->last_ticks);
    use->first_write_ticks = ticks_first(use->first_write_ticks, from->first_write_ticks);
    use->last_write_ticks = ticks_last(use->last_write_ticks, from->last_write_ticks);
    use->created_ticks = ticks_first(use->created_ticks, from->created_ticks);
    use->type = use->type > from->type ? use->type : from->type;
    use->temp = use->temp || from->temp;
}

/* Where the indices of one set are in another. */
struct renumber {
    uint32_t *host, *video, *process;
};

static uint32_t *hosts_merge(struct facts *into, const struct facts *from, struct arena *scratch)
{
    uint32_t *new = arena_alloc(scratch, sizeof *new * from->hosts.count), *next = new;
    VEC_EACH (struct host, host, &from->hosts) {
        *next = facts_host(into, host->name, host->boot_id, host->clock);
        VEC_EACH (struct clock_pair, pair, &host->pairs)
            facts_add_pair(into, *next, *pair);
        VEC_EACH (struct utc_offset, offset, &host->offsets)
            facts_add_offset(into, *next, *offset);
        next++;
    }
    return new;
}

static uint32_t *videos_merge(struct facts *into, const struct facts *from, struct arena *scratch)
{
    uint32_t *new = arena_alloc(scratch, sizeof *new * from->videos.count), *next = new;
    VEC_EACH (struct recorded_video, video, &from->videos)
        *next++ = facts_video(into, video->name, video->folder, video->pattern);
    return new;
}

static void process_lists_merge(struct facts *into, uint32_t index, const struct recorded_process *from,
                                const uint32_t *video)
{
    VEC_EACH (struct image, image, &from->images)
        facts_add_image(into, index, *image);
    VEC_EACH (struct sample, sample, &from->samples)
        facts_add_sample(into, index, *sample);
    VEC_EACH (uint32_t, v, &from->videos)
        facts_add_video_of(into, index, video[*v]);
    VEC_EACH (struct text_piece, piece, &from->text) {
        struct text_piece moved = *piece;
        moved.video = video[piece->video];
        facts_add_text(into, index, moved);
    }
}

static uint32_t process_merge(struct facts *into, const struct recorded_process *from,
                              const struct renumber *new)
{
    uint32_t index = facts_process(into, new->host[from->host], from->pid, from->start);
    facts_add_parent(into, index, from->ppid, from->parent_start);
    if (from->exit_seen)
        facts_add_exit(into, index, from->exit_how, from->exit_status, from->exit_ticks);
    struct recorded_process *p = facts_process_at(into, index);
    p->first_ticks = ticks_first(p->first_ticks, from->first_ticks);
    p->last_ticks = ticks_last(p->last_ticks, from->last_ticks);
    p->events += from->events;
    io_add(&p->io, &from->io);
    kernel_io_raise(&p->kernel_io, &from->kernel_io);
    process_lists_merge(into, index, from, new->video);
    return index;
}

static uint32_t *processes_merge(struct facts *into, const struct facts *from, const struct renumber *new,
                                 struct arena *scratch)
{
    uint32_t *process = arena_alloc(scratch, sizeof *process * from->processes.count), *next = process;
    VEC_EACH (struct recorded_process, p, &from->processes)
        *next++ = process_merge(into, p, new);
    return process;
}

static void rest_merge(struct facts *into, const struct facts *from, const struct renumber *new)
{
    VEC_EACH (struct file_use, use, &from->files) {
        struct file_use moved = *use;
        moved.process = new->process[use->process];
        moved.video = new->video[use->video];
        facts_add_use(into, &moved);
    }
    VEC_EACH (struct fact, fact, &from->events) {
        struct fact moved = *fact;
        moved.process = new->process[fact->process];
        moved.video = new->video[fact->video];
        facts_add_event(into, moved);
    }
    VEC_EACH (struct api_call, call, &from->calls) {
        struct api_call moved = *call;
        facts_renumber_call(&moved, new->process, new->video);
        facts_add_call(into, &moved);
    }
    VEC_EACH (struct damage, damage, &from->damages)
        facts_add_damage(into, *damage);
    VEC_EACH (const uint64_t, chunk, &from->chunks)
        facts_add_chunk(into, *chunk);
    into->event_count += from->event_count;
    for (size_t i = 0; i < sizeof into->dropped / sizeof *into->dropped; i++)
        into->dropped[i] += from->dropped[i];
}

void facts_merge(struct facts *into, const struct facts *from)
{
    struct arena *scratch = arena_new();
    struct renumber new = {.host = hosts_merge(into, from, scratch),
                           .video = videos_merge(into, from, scratch)};
    new.process = processes_merge(into, from, &new, scratch);
    rest_merge(into, from, &new);
    arena_free(scratch);
    facts_settle(into);
}
