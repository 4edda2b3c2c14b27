/* What a set of facts consists of, told once for writing and reading; docs/PARTIAL-FORMAT.md has it in
 * words. Times go as steps, since tables are sorted by them or nearly so. */
#include "model/facts/facts_wire.h"

/* Where one of these fails a field came: describe it below, and raise FACTS_WIRE_VERSION. */
#define DESCRIBED(type, bytes)                                                                               \
    _Static_assert(sizeof(struct type) == (bytes), #type " has a field more or less")
DESCRIBED(host, 88);
DESCRIBED(recorded_video, 40);
DESCRIBED(image, 72);
DESCRIBED(sample, 56);
DESCRIBED(recorded_process, 280);
DESCRIBED(text_piece, 48);
DESCRIBED(file_use, 112);
DESCRIBED(fact, 112);
DESCRIBED(damage, 48);
DESCRIBED(clock_pair, 32);
DESCRIBED(utc_offset, 16);
DESCRIBED(api_call, 536);
DESCRIBED(facts, 1048);

static void host_wire(struct wire *w, struct host *host)
{
    uint64_t ticks = 0;
    wire_str(w, &host->name);
    wire_raw(w, host->boot_id, sizeof host->boot_id);
    wire_u8(w, &host->clock);
    WIRE_EACH (w, struct clock_pair, pair, &host->pairs) {
        wire_next(w, &pair->ticks, &ticks);
        wire_i64(w, &pair->realtime_ns);
        wire_u64(w, &pair->monotonic_ns);
        wire_u32(w, &pair->error_ticks);
    }
    ticks = 0;
    WIRE_EACH (w, struct utc_offset, offset, &host->offsets) {
        int64_t seconds = offset->seconds;
        wire_next(w, &offset->ticks, &ticks);
        wire_i64(w, &seconds);
        offset->seconds = (int32_t)seconds;
    }
}

static void video_wire(struct wire *w, struct recorded_video *video)
{
    wire_str(w, &video->name);
    wire_str(w, &video->folder);
    wire_u32(w, &video->pattern);
}

static void io_wire(struct wire *w, struct io_sum *io)
{
    wire_u64(w, &io->read_bytes);
    wire_u64(w, &io->written_bytes);
    wire_u64(w, &io->read_ops);
    wire_u64(w, &io->write_ops);
}

static void images_wire(struct wire *w, struct vec *images, uint64_t *ticks)
{
    WIRE_EACH (w, struct image, image, images) {
        wire_next(w, &image->ticks, ticks);
        wire_u32(w, &image->number);
        wire_u8(w, &image->how);
        wire_bool(w, &image->seen_inside);
        wire_str(w, &image->exe);
        wire_str(w, &image->cwd);
        wire_str(w, &image->argv);
        wire_u64(w, &image->argv_bytes);
    }
}

static void samples_wire(struct wire *w, struct vec *samples, uint64_t *ticks)
{
    WIRE_EACH (w, struct sample, sample, samples) {
        wire_next(w, &sample->ticks, ticks);
        wire_u64(w, &sample->user_us);
        wire_u64(w, &sample->system_us);
        wire_u64(w, &sample->maxrss_kb);
        wire_u64(w, &sample->rss_kb);
        wire_u64(w, &sample->peak_kb);
        wire_bool(w, &sample->at_start);
    }
}

static void texts_wire(struct wire *w, struct vec *text, size_t videos, uint64_t *ticks)
{
    WIRE_EACH (w, struct text_piece, piece, text) {
        wire_next(w, &piece->ticks, ticks);
        wire_u64(w, &piece->sequence);
        wire_u32(w, &piece->tid);
        wire_index(w, &piece->video, videos);
        wire_u8(w, &piece->stream);
        wire_u8(w, &piece->flags);
        wire_str(w, &piece->text);
    }
}

static void end_wire(struct wire *w, struct recorded_process *p, uint64_t *ticks)
{
    wire_bool(w, &p->exit_seen);
    if (!p->exit_seen)
        return;
    wire_u8(w, &p->exit_how);
    wire_i64(w, &p->exit_status);
    wire_next(w, &p->exit_ticks, ticks);
}

static void process_wire(struct wire *w, struct recorded_process *p, const struct facts *facts,
                         uint64_t *ticks)
{
    wire_index(w, &p->host, facts->hosts.count);
    wire_u32(w, &p->pid);
    wire_u64(w, &p->start);
    wire_u32(w, &p->ppid);
    wire_u64(w, &p->parent_start);
    wire_next(w, &p->first_ticks, ticks);
    wire_next(w, &p->last_ticks, ticks);
    wire_u64(w, &p->events);
    end_wire(w, p, ticks);
    io_wire(w, &p->io);
    io_wire(w, &p->kernel_io.moved);
    wire_u64(w, &p->kernel_io.storage_read_bytes);
    wire_u64(w, &p->kernel_io.storage_written_bytes);
    WIRE_EACH (w, uint32_t, video, &p->videos)
        wire_index(w, video, facts->videos.count);
    images_wire(w, &p->images, ticks);
    samples_wire(w, &p->samples, ticks);
    texts_wire(w, &p->text, facts->videos.count, ticks);
}

static void use_wire(struct wire *w, struct file_use *use, const struct facts *facts, uint64_t *ticks)
{
    wire_index(w, &use->process, facts->processes.count);
    wire_index(w, &use->video, facts->videos.count);
    wire_str(w, &use->path);
    io_wire(w, &use->io);
    wire_u64(w, &use->opens);
    uint64_t *const times[] = {&use->first_ticks, &use->last_ticks, &use->first_write_ticks,
                               &use->last_write_ticks, &use->created_ticks};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        wire_next(w, times[i], ticks);
    wire_u8(w, &use->type);
    wire_bool(w, &use->temp);
}

static void kind_wire(struct wire *w, struct fact *fact)
{
    uint32_t kind = fact->kind;
    wire_index(w, &kind, FACT_KINDS);
    fact->kind = (enum fact_kind)kind;
}

/* Every kind takes the room of the largest; what it has no field for is empty. */
static void fields_wire(struct wire *w, struct fact *fact)
{
    struct fact_fields fields = fact_fields(fact);
    for (unsigned i = 0; i < FACT_STRINGS; i++)
        wire_str(w, fields.strings[i] ? fields.strings[i] : &(struct str){"", 0});
    for (unsigned i = 0; i < FACT_NUMBERS; i++)
        wire_u64(w, fields.numbers[i] ? fields.numbers[i] : &(uint64_t){0});
}

static void fact_wire(struct wire *w, struct fact *fact, const struct facts *facts, uint64_t *ticks)
{
    kind_wire(w, fact);
    wire_next(w, &fact->ticks, ticks);
    wire_u64(w, &fact->took);
    wire_u64(w, &fact->sequence);
    wire_index(w, &fact->process, facts->processes.count);
    wire_u32(w, &fact->tid);
    wire_index(w, &fact->video, facts->videos.count);
    fields_wire(w, fact);
}

static bool stamp_wire(struct wire *w, struct api_stamp *stamp, size_t videos)
{
    wire_bool(w, &stamp->seen);
    if (!stamp->seen)
        return false;
    wire_u64(w, &stamp->ticks);
    wire_u64(w, &stamp->took);
    wire_u64(w, &stamp->sequence);
    wire_u32(w, &stamp->tid);
    wire_index(w, &stamp->video, videos);
    return true;
}

static void strings_wire(struct wire *w, struct str *const *strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wire_str(w, strings[i]);
}

static void numbers_wire(struct wire *w, uint64_t *const *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wire_u64(w, numbers[i]);
}

#define STRINGS(w, ...)                                                                                      \
    strings_wire((w), (struct str *const[]){__VA_ARGS__},                                                    \
                 sizeof((struct str *[]){__VA_ARGS__}) / sizeof(struct str *))
#define NUMBERS(w, ...)                                                                                      \
    numbers_wire((w), (uint64_t *const[]){__VA_ARGS__},                                                      \
                 sizeof((uint64_t *[]){__VA_ARGS__}) / sizeof(uint64_t *))

static void request_wire(struct wire *w, struct api_request *request, size_t videos)
{
    if (!stamp_wire(w, &request->stamp, videos))
        return;
    STRINGS(w, &request->host, &request->endpoint, &request->model);
    NUMBERS(w, &request->via, &request->streaming, &request->max_tokens, &request->attempt,
            &request->body_bytes);
}

static void usage_wire(struct wire *w, struct api_usage *usage, size_t videos)
{
    if (!stamp_wire(w, &usage->stamp, videos))
        return;
    STRINGS(w, &usage->message_id, &usage->model, &usage->service_tier, &usage->stop_reason);
    NUMBERS(w, &usage->input, &usage->output, &usage->cache_write_5m, &usage->cache_write_1h,
            &usage->cache_read, &usage->web_searches, &usage->web_fetches);
}

static void answer_wire(struct wire *w, struct api_call *call, size_t videos)
{
    if (stamp_wire(w, &call->response.stamp, videos)) {
        NUMBERS(w, &call->response.status);
        STRINGS(w, &call->response.request_id, &call->response.headers);
    }
    if (stamp_wire(w, &call->error.stamp, videos))
        STRINGS(w, &call->error.type, &call->error.message);
    if (stamp_wire(w, &call->end.stamp, videos))
        NUMBERS(w, &call->end.how, &call->end.first_token_ticks, &call->end.sent_bytes,
                &call->end.received_bytes);
}

static void call_wire(struct wire *w, struct api_call *call, const struct facts *facts)
{
    wire_index(w, &call->process, facts->processes.count);
    NUMBERS(w, &call->connection, &call->stream);
    request_wire(w, &call->request, facts->videos.count);
    usage_wire(w, &call->usage, facts->videos.count);
    answer_wire(w, call, facts->videos.count);
}

static void rest_wire(struct wire *w, struct facts *facts)
{
    uint64_t name = 0;
    WIRE_EACH (w, struct damage, damage, &facts->damages) {
        STRINGS(w, &damage->file, &damage->what);
        NUMBERS(w, &damage->offset, &damage->bytes);
    }
    WIRE_EACH (w, uint64_t, chunk, &facts->chunks)
        wire_next(w, chunk, &name);
    wire_u64(w, &facts->event_count);
    for (size_t i = 0; i < sizeof facts->dropped / sizeof *facts->dropped; i++)
        wire_u64(w, &facts->dropped[i]);
}

void facts_wire(struct wire *w, struct facts *facts)
{
    uint64_t ticks = 0;
    WIRE_EACH (w, struct host, host, &facts->hosts)
        host_wire(w, host);
    WIRE_EACH (w, struct recorded_video, video, &facts->videos)
        video_wire(w, video);
    WIRE_EACH (w, struct recorded_process, p, &facts->processes)
        process_wire(w, p, facts, &ticks);
    WIRE_EACH (w, struct file_use, use, &facts->files)
        use_wire(w, use, facts, &ticks);
    WIRE_EACH (w, struct fact, fact, &facts->events)
        fact_wire(w, fact, facts, &ticks);
    WIRE_EACH (w, struct api_call, call, &facts->calls)
        call_wire(w, call, facts);
    rest_wire(w, facts);
}
