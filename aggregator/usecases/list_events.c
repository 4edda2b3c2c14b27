/* read -> processes -> order -> emit: every event of a spool as a line, in order of time.
 *
 * The first pass reads everything once, for the clocks and to note where the chunks are. The second holds
 * only those chunks in memory whose time has come and that still have events. */
#include "usecases/read_spools.h"

#include "base/diag.h"
#include "emit/export/ndjson.h"
#include "model/cursor.h"
#include "model/facts/seals.h"
#include "order/clock.h"
#include "order/merge_sorted.h"
#include "processes/join_processes.h"
#include "read/chunk_reader.h"
#include "read/meaning.h"
#include "reduce/reduce.h"

#include <errno.h>
#include <stdlib.h>

/* Where a chunk is and when it begins. */
struct origin {
    const struct spool_file *file;
    uint64_t offset, ticks;
    int64_t time_ns;
    uint32_t limit, host;
};

/* A chunk whose events are being listed. */
struct active {
    struct merge_key key; /* first: the merge knows it by this */
    struct arena *arena;  /* holds this and everything below */
    struct chunk chunk;
    struct cursor cursor;
    struct record record;
    struct meaning meaning;
    const struct clock *clock;
    uint32_t host;
};

/* A process that sees itself under another pid than its parent, and all else, sees it. */
struct renamed {
    uint32_t host, own_pid, pid;
    uint64_t start;
};

struct cat {
    struct chunk_visitor visitor; /* first: see() casts back */
    const struct cat_options *options;
    struct arena *arena;
    struct facts *facts;
    struct clock *clocks;
    struct seals *seals;
    struct vec origins; /* of struct origin */
    struct vec renamed; /* of struct renamed */
    struct map renamed_by_start;
    struct merge merge; /* of struct active */
    FILE *out;
};

static uint32_t chunk_host(struct cat *cat, const struct vl_chunk *h)
{
    return facts_host(cat->facts, str_of(h->host), h->boot_id, h->clock);
}

static void see(struct chunk_visitor *visitor, const struct chunk *chunk)
{
    struct cat *cat = (struct cat *)visitor;
    if (chunk->header->kind != VL_CHUNK_EVENTS)
        return;
    *VEC_PUSH(cat->arena, &cat->origins, struct origin) = (struct origin){
        .file = chunk->file,
        .offset = chunk->offset,
        .ticks = chunk->header->ticks,
        .limit = chunk->limit,
        .host = chunk_host(cat, chunk->header),
    };
}

static int read_all(struct cat *cat, const struct spools *spools, struct err *err)
{
    struct reducer *reducer = reducer_new(cat->facts);
    struct chunk_reader reader = {.fd = -1};
    int result = 0;
    VEC_EACH (struct spool_file, file, &spools->files)
        if (result == 0)
            result = read_spools_file(cat->facts, reducer, &reader, file, &cat->visitor, err);
    chunk_reader_free(&reader);
    reducer_free(reducer);
    return result;
}

/* The canonical order of the hosts is not that of their arrival. */
static void settle(struct cat *cat)
{
    struct vec hosts = vec_copy(cat->arena, &cat->facts->hosts, sizeof(struct host));
    facts_settle(cat->facts);
    VEC_EACH (struct origin, o, &cat->origins) {
        const struct host *host = VEC_AT(&hosts, struct host, o->host);
        o->host = facts_host(cat->facts, host->name, host->boot_id, host->clock);
    }
}

static void find_renamed(struct cat *cat)
{
    struct arena *scratch = arena_new();
    struct processes processes = join_processes(scratch, cat->facts);
    VEC_EACH (const struct process, p, &processes.list) {
        if (p->own_pid == p->pid)
            continue;
        map_add(cat->arena, &cat->renamed_by_start, p->start, (uint32_t)cat->renamed.count);
        *VEC_PUSH(cat->arena, &cat->renamed, struct renamed) =
            (struct renamed){p->host, p->own_pid, p->pid, p->start};
    }
    arena_free(scratch);
}

/* The pid under which everything shows a process. */
static uint32_t pid_of(const struct cat *cat, uint32_t host, uint32_t own_pid, uint64_t start)
{
    MAP_EACH (i, &cat->renamed_by_start, start) {
        const struct renamed *r = VEC_AT(&cat->renamed, struct renamed, i);
        if (r->host == host && r->own_pid == own_pid && r->start == start)
            return r->pid;
    }
    return own_pid;
}

static int origin_order(const void *one, const void *other)
{
    const struct origin *a = one, *b = other;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    int order = str_compare(a->file->path, b->file->path);
    return order ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

static void sort_origins(struct cat *cat)
{
    cat->clocks = clocks_make(cat->arena, cat->facts);
    VEC_EACH (struct origin, o, &cat->origins)
        o->time_ns = clock_realtime_ns(&cat->clocks[o->host], o->ticks);
    VEC_SORT(&cat->origins, struct origin, origin_order);
}

/* The next event and its key; false when the chunk has no more. */
static bool advance(struct active *a)
{
    if (cursor_next(&a->cursor, &a->record) != CURSOR_EVENT)
        return false;
    const struct vl_chunk *h = a->chunk.header;
    a->key = (struct merge_key){
        .time_ns = clock_realtime_ns(a->clock, a->record.ticks),
        .boot_id = h->boot_id,
        .pid = h->pid,
        .tid = h->tid,
        .start = h->process_start,
        .sequence = (uint64_t)h->sequence << 32 | a->record.offset,
    };
    return true;
}

static void activate(struct cat *cat, const struct origin *origin)
{
    struct arena *arena = arena_new();
    struct active *a = ARENA_NEW(arena, struct active);
    uint8_t *buffer = arena_alloc(arena, (size_t)origin->limit + CHUNK_SLACK);
    a->arena = arena;
    a->host = origin->host;
    a->clock = &cat->clocks[origin->host];
    if (chunk_reload(origin->file, origin->offset, origin->limit, buffer, &a->chunk) &&
        a->chunk.header->kind == VL_CHUNK_EVENTS) {
        cursor_start(&a->cursor, &a->chunk);
        meaning_start(&a->meaning, arena, &a->chunk);
        if (advance(a)) {
            merge_sorted_add(&cat->merge, &a->key);
            return;
        }
    }
    arena_free(arena);
}

/* Events that are there only so that others can be understood. */
static bool is_definition(enum vl_code code)
{
    return code == VL_video_define || code == VL_fd_define || code == VL_clock_read ||
           code == VL_subject_change || code == VL_seal_open || code == VL_seal_shut;
}

static bool chosen(const struct cat *cat, const struct active *a)
{
    const char *video = cat->options->video;
    if (is_definition(a->record.code) && !cat->options->definitions)
        return false;
    if (!video)
        return true;
    bool none = str_equal(str_of(video), STR(VL_RUN_FOLDER));
    return str_equal(a->meaning.video, none ? STR("") : str_of(video));
}

/* What nobody told the key of is listed empty. */
static void open_text(struct cat *cat, const struct active *a, struct str *text)
{
    struct str sealed = *text;
    if (sealed.len && !seals_open(a->arena, cat->seals, chunk_host(cat, a->chunk.header), sealed, text))
        *text = STR("");
}

static void unseal(struct cat *cat, struct active *a)
{
    struct record *r = &a->record;
    if (r->code == VL_text_print && (r->text_print.flags & VL_TEXT_SEALED)) {
        open_text(cat, a, &r->text_print.text);
    } else if (r->code == VL_exception_raise && (r->exception_raise.how & VL_RAISE_SEALED)) {
        open_text(cat, a, &r->exception_raise.message);
        open_text(cat, a, &r->exception_raise.text);
        r->exception_raise.how &= ~(uint64_t)VL_RAISE_SEALED;
    }
}

static int print(struct cat *cat, struct active *a)
{
    unseal(cat, a);
    struct str path = meaning_take(&a->meaning, &a->record);
    uint32_t pid = pid_of(cat, a->host, a->meaning.pid, a->meaning.start);
    struct event_line line = {
        .record = &a->record,
        .time_ns = a->key.time_ns,
        .took_ns = clock_duration_ns(a->clock, a->record.took),
        .host = str_of(a->chunk.header->host),
        .video = a->meaning.video,
        .path = path,
        .pid = pid,
        .tid = a->meaning.tid == a->meaning.pid ? pid : a->meaning.tid,
    };
    return chosen(cat, a) ? ndjson_write_event(cat->out, &line) : 0;
}

/* Prints the first event of all and moves its chunk on. */
static int step(struct cat *cat)
{
    struct active *a = (struct active *)merge_sorted_first(&cat->merge);
    int failed = print(cat, a);
    if (!failed && advance(a)) {
        merge_sorted_first_moved(&cat->merge);
        return 0;
    }
    merge_sorted_first_ended(&cat->merge);
    arena_free(a->arena);
    return failed;
}

static int print_all(struct cat *cat, struct err *err)
{
    const struct origin *next = cat->origins.items;
    size_t left = cat->origins.count;
    int failed = 0;
    while (!failed && (left || merge_sorted_first(&cat->merge))) {
        const struct merge_key *first = merge_sorted_first(&cat->merge);
        if (left && (!first || next->time_ns <= first->time_ns)) {
            activate(cat, next++);
            left--;
        } else {
            failed = step(cat);
        }
    }
    if (fflush(cat->out) != 0)
        failed = -1;
    return !failed || errno == EPIPE
               ? 0
               : err_set(err, ERR_OUTPUT, "the listing could not be written: %s", strerror(errno));
}

static void free_active(struct cat *cat)
{
    for (struct merge_key *key; (key = merge_sorted_first(&cat->merge));) {
        struct active *a = (struct active *)key;
        merge_sorted_first_ended(&cat->merge);
        arena_free(a->arena);
    }
}

int list_events(const struct spools *spools, const struct cat_options *options, FILE *out,
                struct facts **facts, struct err *err)
{
    struct arena *arena = arena_new();
    struct cat cat = {
        .visitor.see = see,
        .options = options,
        .arena = arena,
        .facts = facts_new(),
        .merge.arena = arena,
        .out = out,
    };
    int result = read_all(&cat, spools, err);
    if (result == 0) {
        settle(&cat);
        find_renamed(&cat);
        sort_origins(&cat);
        cat.seals = seals_find(arena, cat.facts);
        result = print_all(&cat, err);
        free_active(&cat);
    }
    VEC_EACH (struct damage, damage, &spools->damages)
        facts_add_damage(cat.facts, *damage);
    facts_settle(cat.facts);
    *facts = cat.facts;
    arena_free(arena);
    return result;
}
