/* What each event that is not a mere move of bytes adds to the facts: one small function each, and the
 * table of them. An event without a row is counted and no more. */
#include "reduce/state.h"

#include <fcntl.h>

#define NO_TEXT STR("")

/* What later events of the chunk refer to. */

static void on_video_define(struct reducer *r, const struct record *record)
{
    const struct event_video_define *e = &record->video_define;
    reduce_flush(r);
    r->video = facts_video(r->facts, e->video, e->folder, (uint32_t)e->pattern);
}

/* A descriptor gets a new meaning: what it did under the old one is settled. */
static struct slot *define(struct reducer *r, uint64_t fd, uint64_t type, struct str path)
{
    struct slot *slot = slots_get_fast(r->fds, fd);
    reduce_flush_slot(r, slot);
    bool beyond = slot == &r->fds->other;
    slot->type = type > VL_FD_OTHER || beyond ? VL_FD_OTHER : (uint8_t)type;
    slot->path = beyond ? NO_TEXT : path;
    return slot;
}

static void on_fd_define(struct reducer *r, const struct record *record)
{
    define(r, record->fd_define.fd, record->fd_define.type, record->fd_define.path);
}

static void on_clock_read(struct reducer *r, const struct record *record)
{
    const struct event_clock_read *e = &record->clock_read;
    struct clock_pair pair = {e->ticks, e->realtime_ns, e->monotonic_ns, (uint32_t)e->error_ticks};
    facts_add_pair(r->facts, r->host, pair);
}

/* A vfork child sees its parent's descriptors; what it does to its own is not the parent's. */
static void on_subject_change(struct reducer *r, const struct record *record)
{
    const struct event_subject_change *e = &record->subject_change;
    reduce_flush(r);
    r->process = facts_process(r->facts, r->host, (uint32_t)e->pid, e->process_start);
    facts_add_parent(r->facts, r->process, (uint32_t)e->ppid, e->parent_start);
    r->tid = (uint32_t)e->tid;
    r->image_began = false;
    r->fds = &r->tables[r->process != r->owner];
    if (r->process != r->owner)
        slots_inherit(&r->tables[1], &r->tables[0]);
}

static void on_events_drop(struct reducer *r, const struct record *record)
{
    if (record->events_drop.reason < VL_REASON_COUNT)
        r->facts->dropped[record->events_drop.reason] += record->events_drop.count;
}

/* Of the program that could not record: it says so for itself and for all below it. */
static void on_spool_deny(struct reducer *r, const struct record *record)
{
    (void)record;
    r->facts->dropped[VL_REASON_OUT_OF_REACH]++;
}

/* Facts kept as they were. */

static uint64_t sequence_of(const struct reducer *r, const struct record *record)
{
    return (uint64_t)r->chunk->header->sequence << 32 | record->offset;
}

void reduce_keep(struct reducer *r, const struct record *record, struct fact fact)
{
    fact.ticks = record->ticks;
    fact.took = record->took;
    fact.sequence = sequence_of(r, record);
    fact.process = r->process;
    fact.tid = r->tid;
    fact.video = r->video;
    facts_add_event(r->facts, fact);
}

/* The events that facts.def names: kept with all their fields. */
static void on_kept(struct reducer *r, const struct record *record)
{
    static const struct {
        enum fact_kind kind;
        size_t bytes;
    } kept[256] = {
#define FACT_EVENT(kind, event)  [VL_##event] = {FACT_##kind, sizeof(struct event_##event)},
#define FACT(kind, name, fields) /* made of an event below */
#include "model/facts/facts.def"
#undef FACT_EVENT
    };
    struct fact fact = {.kind = kept[record->code].kind};
    memcpy(fact.cells, record->cells, kept[record->code].bytes);
    reduce_keep(r, record, fact);
}

/* Processes. */

static void on_process_start(struct reducer *r, const struct record *record)
{
    const struct event_process_start *e = &record->process_start;
    struct image image = {
        .ticks = record->ticks,
        .number = (uint32_t)e->image,
        .how = (uint8_t)e->how,
        .seen_inside = true,
        .exe = e->exe,
        .cwd = e->cwd,
        .argv = e->argv,
        .argv_bytes = e->argv_bytes,
    };
    facts_add_image(r->facts, r->process, image);
    r->image_began = true;
}

static void on_process_sample(struct reducer *r, const struct record *record)
{
    const struct event_process_sample *e = &record->process_sample;
    struct sample sample = {record->ticks, e->user_us, e->system_us,  e->maxrss_kb,
                            e->rss_kb,     e->peak_kb, r->image_began};
    facts_add_sample(r->facts, r->process, sample);
    r->image_began = false;
}

static void on_process_io(struct reducer *r, const struct record *record)
{
    const struct event_process_io *e = &record->process_io;
    struct kernel_io reading = {
        .moved = {e->read_bytes, e->written_bytes, e->read_ops, e->write_ops},
        .storage_read_bytes = e->storage_read_bytes,
        .storage_written_bytes = e->storage_written_bytes,
    };
    kernel_io_raise(&facts_process_at(r->facts, r->process)->kernel_io, &reading);
}

static void on_process_exit(struct reducer *r, const struct record *record)
{
    const struct event_process_exit *e = &record->process_exit;
    facts_add_exit(r->facts, r->process, (uint8_t)e->how, e->status, record->ticks);
}

/* Crashes. */

static void on_process_crash(struct reducer *r, const struct record *record)
{
    const struct event_process_crash *e = &record->process_crash;
    KEEP(r, record, FACT_CRASH, crash, .signal = e->signal, .code = e->code, .address = e->address,
         .handled = e->handled, .sender = e->sender, .ip = e->ip);
}

/* Files and folders. */

static bool opens_for_writing(uint64_t flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC); }

static bool creates(const struct event_file_open *e)
{
    bool exclusive = (e->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    return e->temp || exclusive || (e->flags & O_TMPFILE) == O_TMPFILE;
}

static void on_file_open(struct reducer *r, const struct record *record)
{
    const struct event_file_open *e = &record->file_open;
    if (e->fd < 0)
        return;
    bool folder = (e->flags & O_DIRECTORY) && (e->flags & O_TMPFILE) != O_TMPFILE;
    struct slot *slot = define(r, (uint64_t)e->fd, folder ? VL_FD_DIRECTORY : VL_FD_FILE, e->path);
    slot->opens = 1;
    slot->open_ticks = record->ticks;
    slot->temp = e->temp != 0;
    slot->created_ticks = creates(e) ? record->ticks : 0;
    if (e->temp)
        KEEP(r, record, FACT_CREATE_TEMP, temp_file, .path = e->path, .flags = e->flags);
    if (!opens_for_writing(e->flags))
        return;
    slot->open_write_ticks = record->ticks;
    KEEP(r, record, FACT_OPEN_WRITE, write_open, .path = e->path, .flags = e->flags);
}

static void on_file_close(struct reducer *r, const struct record *record)
{
    define(r, record->file_close.fd, VL_FD_FILE, NO_TEXT);
}

static void on_fd_duplicate(struct reducer *r, const struct record *record)
{
    const struct event_fd_duplicate *e = &record->fd_duplicate;
    if (e->fd == e->new_fd)
        return;
    const struct slot *slot = slots_get_fast(r->fds, e->fd);
    define(r, e->new_fd, slot->type, slot->path);
}

static void on_pipe_make(struct reducer *r, const struct record *record)
{
    const struct event_pipe_make *e = &record->pipe_make;
    if (e->error)
        return;
    define(r, e->fd, e->type, NO_TEXT);
    define(r, e->other_fd, e->type, NO_TEXT);
}

static void on_file_remove(struct reducer *r, const struct record *record)
{
    const struct event_file_remove *e = &record->file_remove;
    KEEP(r, record, FACT_REMOVE, removal, .path = e->path, .error = e->error);
}

static void on_dir_remove(struct reducer *r, const struct record *record)
{
    const struct event_dir_remove *e = &record->dir_remove;
    KEEP(r, record, FACT_REMOVE, removal, .path = e->path, .error = e->error, .folder = 1);
}

static void on_socket_connect(struct reducer *r, const struct record *record)
{
    const struct event_socket_connect *e = &record->socket_connect;
    define(r, e->fd, VL_FD_SOCKET, NO_TEXT);
    KEEP(r, record, FACT_CONNECT, connection, .address = e->address, .family = e->family, .port = e->port,
         .error = e->error);
}

static void on_text_print(struct reducer *r, const struct record *record)
{
    const struct event_text_print *e = &record->text_print;
    if (e->flags & VL_TEXT_MARKED) {
        KEEP(r, record, FACT_LINE, line, .text = e->text, .stream = e->stream,
             .sealed = (e->flags & VL_TEXT_SEALED) != 0);
        return;
    }
    struct text_piece piece = {
        .ticks = record->ticks,
        .sequence = sequence_of(r, record),
        .tid = r->tid,
        .video = r->video,
        .stream = (uint8_t)e->stream,
        .flags = (uint8_t)e->flags,
        .text = e->text,
    };
    facts_add_text(r->facts, r->process, piece);
}

typedef void handler(struct reducer *r, const struct record *record);

static handler *const handlers[256] = {
#define FACT_EVENT(kind, event) [VL_##event] = on_kept,
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
    [VL_video_define] = on_video_define,
    [VL_fd_define] = on_fd_define,
    [VL_clock_read] = on_clock_read,
    [VL_subject_change] = on_subject_change,
    [VL_events_drop] = on_events_drop,
    [VL_spool_deny] = on_spool_deny,
    [VL_process_start] = on_process_start,
    [VL_process_exit] = on_process_exit,
    [VL_process_sample] = on_process_sample,
    [VL_process_io] = on_process_io,
    [VL_file_open] = on_file_open,
    [VL_file_remove] = on_file_remove,
    [VL_dir_remove] = on_dir_remove,
    [VL_pipe_make] = on_pipe_make,
    [VL_socket_connect] = on_socket_connect,
    [VL_text_print] = on_text_print,
    [VL_process_crash] = on_process_crash,
    [VL_file_close] = on_file_close,
    [VL_fd_duplicate] = on_fd_duplicate,
    [VL_api_request] = reduce_api,
    [VL_api_response] = reduce_api,
    [VL_api_usage] = reduce_api,
    [VL_api_error] = reduce_api,
    [VL_api_end] = reduce_api,
    [VL_span_define] = reduce_span,
    [VL_span_begin] = reduce_span,
    [VL_exception_raise] = reduce_span,
};

void reduce_record(struct reducer *r, const struct record *record)
{
    if (handlers[record->code])
        handlers[record->code](r, record);
}
