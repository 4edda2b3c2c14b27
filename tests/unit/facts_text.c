/* Prints facts, and reads them from a file without the pipeline. */
#include "facts_text.h"

#include "unit.h"

#include "read/chunk_reader.h"
#include "reduce/reduce.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_io(FILE *out, const struct io_sum *io)
{
    fprintf(out, " io %" PRIu64 "/%" PRIu64 " %" PRIu64 "/%" PRIu64, io->read_bytes, io->read_ops,
            io->written_bytes, io->write_ops);
}

static void print_tables(FILE *out, const struct facts *f)
{
    VEC_EACH (struct host, h, &f->hosts) {
        fprintf(out, "host " STR_FMT " clock %d\n", STR_ARG(h->name), h->clock);
        VEC_EACH (struct clock_pair, p, &h->pairs)
            fprintf(out, " pair %" PRIu64 " %" PRId64 " %" PRIu64 "\n", p->ticks, p->realtime_ns,
                    p->monotonic_ns);
        VEC_EACH (struct utc_offset, o, &h->offsets)
            fprintf(out, " offset %" PRIu64 " %d\n", o->ticks, o->seconds);
    }
    VEC_EACH (struct recorded_video, v, &f->videos)
        fprintf(out, "video '" STR_FMT "' '" STR_FMT "' %u\n", STR_ARG(v->name), STR_ARG(v->folder),
                v->pattern);
}

static void print_process(FILE *out, const struct recorded_process *p)
{
    fprintf(out,
            "process %u %u %" PRIu64 " of %u %" PRIu64 " from %" PRIu64 " to %" PRIu64 " exit %d %" PRId64
            " events %" PRIu64,
            p->host, p->pid, p->start, p->ppid, p->parent_start, p->first_ticks, p->last_ticks, p->exit_seen,
            p->exit_status, p->events);
    print_io(out, &p->io);
    VEC_EACH (uint32_t, v, &p->videos)
        fprintf(out, " v%u", *v);
    VEC_EACH (struct image, i, &p->images)
        fprintf(out, "\n image %u %" PRIu64 " " STR_FMT, i->number, i->ticks, STR_ARG(i->exe));
    VEC_EACH (struct sample, s, &p->samples)
        fprintf(out, "\n sample %" PRIu64 " %" PRIu64 " %" PRIu64 " %d", s->ticks, s->rss_kb, s->maxrss_kb,
                s->at_start);
    VEC_EACH (struct text_piece, t, &p->text)
        fprintf(out, "\n text %" PRIu64 " %u v%u %d '" STR_FMT "'", t->ticks, t->tid, t->video, t->stream,
                STR_ARG(t->text));
    putc('\n', out);
}

static void print_stamp(FILE *out, const char *name, const struct api_stamp *s)
{
    if (s->seen)
        fprintf(out, " %s %" PRIu64 " %" PRIu64 " t%u v%u", name, s->ticks, s->sequence, s->tid, s->video);
}

static void print_calls(FILE *out, const struct facts *f)
{
    VEC_EACH (struct api_call, c, &f->calls) {
        fprintf(out, "call p%u %" PRIu64 " %" PRIu64, c->process, c->connection, c->stream);
        print_stamp(out, "request", &c->request.stamp);
        print_stamp(out, "response", &c->response.stamp);
        print_stamp(out, "usage", &c->usage.stamp);
        print_stamp(out, "error", &c->error.stamp);
        print_stamp(out, "end", &c->end.stamp);
        fprintf(out, " " STR_FMT " %" PRIu64 " %" PRIu64 "/%" PRIu64 " " STR_FMT " %" PRIu64 "\n",
                STR_ARG(c->request.model), c->response.status, c->usage.input, c->usage.output,
                STR_ARG(c->error.type), c->end.how);
    }
}

static void print_rest(FILE *out, const struct facts *f)
{
    print_calls(out, f);
    VEC_EACH (struct file_use, u, &f->files) {
        fprintf(out,
                "file p%u v%u " STR_FMT " opens %" PRIu64 " %" PRIu64 "-%" PRIu64 " w %" PRIu64 "-%" PRIu64
                " c %" PRIu64 " %d %d",
                u->process, u->video, STR_ARG(u->path), u->opens, u->first_ticks, u->last_ticks,
                u->first_write_ticks, u->last_write_ticks, u->created_ticks, u->type, u->temp);
        print_io(out, &u->io);
        putc('\n', out);
    }
    VEC_EACH (struct fact, e, &f->events) {
        struct fact_fields fields = fact_fields(e);
        fprintf(out, "fact %d p%u v%u %" PRIu64 " %" PRIu64, e->kind, e->process, e->video, e->ticks,
                e->sequence);
        for (int i = 0; i < FACT_STRINGS && fields.strings[i]; i++)
            fprintf(out, " '" STR_FMT "'", STR_ARG(*fields.strings[i]));
        for (int i = 0; i < FACT_NUMBERS && fields.numbers[i]; i++)
            fprintf(out, " %" PRIu64, *fields.numbers[i]);
        putc('\n', out);
    }
    VEC_EACH (struct damage, d, &f->damages)
        fprintf(out, "damage %" PRIu64 " %" PRIu64 " " STR_FMT "\n", d->offset, d->bytes, STR_ARG(d->what));
    fprintf(out, "events %" PRIu64, f->event_count);
    for (int i = 0; i < 64; i++)
        fprintf(out, " %" PRIu64, f->dropped[i]);
    putc('\n', out);
}

char *facts_text(const struct facts *facts)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    print_tables(out, facts);
    VEC_EACH (struct recorded_process, p, &facts->processes)
        print_process(out, p);
    print_rest(out, facts);
    fclose(out);
    return text;
}

static void each_chunk(const char *path, struct damages *damages, void (*see)(void *, const struct chunk *),
                       void *ctx)
{
    struct err err = {0};
    struct spool_file file = {
        .path = str_of(path), .label = str_of("video/file.vls"), .folder = STR("video")};
    struct chunk_reader reader = {.fd = -1};
    struct chunk chunk;
    int got;
    ck_assert_int_eq(chunk_reader_open(&reader, &file, damages, &err), 0);
    while ((got = chunk_reader_next(&reader, &chunk, &err)) > 0)
        see(ctx, &chunk);
    ck_assert_msg(got == 0, "%s", err.text);
    chunk_reader_close(&reader);
    chunk_reader_free(&reader);
}

struct reading {
    struct reducer *reducer;
    struct damages damages;
    struct vec *chunks;
};

static void reduce(void *ctx, const struct chunk *chunk)
{
    struct reading *r = ctx;
    uint32_t broken = reduce_chunk(r->reducer, chunk);
    if (broken)
        chunk_broken(&r->damages, chunk, broken);
}

struct facts *facts_of_file(const char *path)
{
    struct facts *facts = facts_new();
    struct reading r = {.reducer = reducer_new(facts), .damages = {.arena = arena_new()}};
    each_chunk(path, &r.damages, reduce, &r);
    VEC_EACH (struct damage, d, &r.damages.list)
        facts_add_damage(facts, *d);
    reducer_free(r.reducer);
    arena_free(r.damages.arena);
    facts_settle(facts);
    return facts;
}

static void keep(void *ctx, const struct chunk *chunk)
{
    struct reading *r = ctx;
    uint8_t *copy = arena_alloc(r->damages.arena, chunk->header->chunk_bytes + CHUNK_SLACK);
    memcpy(copy, chunk->bytes, chunk->limit);
    struct chunk *kept = VEC_PUSH(r->damages.arena, r->chunks, struct chunk);
    *kept = *chunk;
    kept->bytes = copy;
    kept->header = (const struct vl_chunk *)(void *)copy;
    kept->file = NULL;
}

struct vec chunks_of_file(struct arena *arena, const char *path)
{
    struct vec chunks = {0};
    struct reading r = {.damages = {.arena = arena}, .chunks = &chunks};
    each_chunk(path, &r.damages, keep, &r);
    return chunks;
}
