/* read -> reduce: each worker takes the next file, adds it to facts of its own, and the sets are merged. */
#include "usecases/read_spools.h"

#include "read/chunk_reader.h"
#include "read/spool.h"
#include "reduce/reduce.h"

#include <pthread.h>
#include <stdatomic.h>

int read_spools_open(struct spools *spools, char *const *folders, int count, struct err *err)
{
    *spools = (struct spools){.arena = arena_new()};
    struct damages damages = {.arena = spools->arena};
    int result = 0;
    for (int i = 0; i < count && result == 0; i++)
        result = spool_list(folders[i], &spools->files, &damages, err);
    spool_sort(&spools->files);
    spools->damages = damages.list;
    return result;
}

void read_spools_close(struct spools *spools)
{
    arena_free(spools->arena);
    *spools = (struct spools){0};
}

struct work {
    const struct spools *spools;
    const char *video;
    atomic_size_t next; /* file that nobody has taken; pairs with nothing, the files do not change */
    struct read_listener *listener;
    uint64_t all_bytes;
    atomic_uint_fast64_t done_bytes; /* a figure to show, nothing depends on it */
};

struct worker {
    struct chunk_visitor visitor; /* first: it is all that its function is given */
    struct work *work;
    struct facts *facts;
    struct chunk_reader reader;
    struct err err;
    int result;
    pthread_t thread;
    bool started;
};

static void hand_over(struct facts *facts, const struct vec *damages)
{
    VEC_EACH (struct damage, damage, damages)
        facts_add_damage(facts, *damage);
}

int read_spools_file(struct facts *facts, struct reducer *reducer, struct chunk_reader *reader,
                     const struct spool_file *file, struct chunk_visitor *each, struct err *err)
{
    struct damages damages = {.arena = arena_new()};
    struct chunk chunk;
    int got = chunk_reader_open(reader, file, &damages, err);
    if (got == 0)
        while ((got = chunk_reader_next(reader, &chunk, err)) > 0) {
            uint32_t broken = reduce_chunk(reducer, &chunk);
            if (broken)
                chunk_broken(&damages, &chunk, broken);
            if (each)
                each->see(each, &chunk);
        }
    chunk_reader_close(reader);
    hand_over(facts, &damages.list);
    arena_free(damages.arena);
    return got;
}

static bool wanted(const struct spool_file *file, const char *video)
{
    return !video || str_equal(file->folder, str_of(video)) || str_equal(file->folder, STR(VL_RUN_FOLDER));
}

/* Every worker counts, the first one tells. */
static void count_chunk(struct chunk_visitor *visitor, const struct chunk *chunk)
{
    struct worker *w = (struct worker *)visitor;
    struct work *work = w->work;
    uint64_t done =
        atomic_fetch_add_explicit(&work->done_bytes, chunk->header->chunk_bytes, memory_order_relaxed);
    if (work->listener && !w->started)
        work->listener->progress(work->listener, done + chunk->header->chunk_bytes, work->all_bytes);
}

static uint64_t bytes_of(const struct work *work)
{
    uint64_t sum = 0;
    VEC_EACH (const struct spool_file, file, &work->spools->files)
        if (wanted(file, work->video))
            sum += file->bytes;
    return sum;
}

static void *run_worker(void *argument)
{
    struct worker *w = argument;
    const struct vec *files = &w->work->spools->files;
    struct reducer *reducer = reducer_new(w->facts);
    size_t i;
    while (w->result == 0 && (i = atomic_fetch_add(&w->work->next, 1)) < files->count) {
        const struct spool_file *file = VEC_AT(files, struct spool_file, i);
        if (wanted(file, w->work->video))
            w->result = read_spools_file(w->facts, reducer, &w->reader, file, &w->visitor, &w->err);
    }
    reducer_free(reducer);
    chunk_reader_free(&w->reader);
    return NULL;
}

/* Should a thread not start, the others do its work. */
static void run_workers(struct worker *workers, unsigned jobs)
{
    for (unsigned i = 1; i < jobs; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) == 0;
    run_worker(&workers[0]);
    for (unsigned i = 1; i < jobs; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
}

/* The first worker's set takes in the others'; the first error in order of workers is told. */
static int gather(struct worker *workers, unsigned jobs, struct err *err)
{
    int result = workers[0].result;
    *err = workers[0].err;
    for (unsigned i = 1; i < jobs; i++) {
        if (result == 0 && workers[i].result) {
            result = workers[i].result;
            *err = workers[i].err;
        }
        if (result == 0)
            facts_merge(workers[0].facts, workers[i].facts);
        facts_free(workers[i].facts);
    }
    return result;
}

int read_spools(const struct spools *spools, const char *video, unsigned jobs, struct read_listener *listener,
                struct facts **facts, struct err *err)
{
    struct work work = {.spools = spools, .video = video, .listener = listener};
    struct arena *arena = arena_new();
    struct worker *workers = arena_alloc(arena, jobs * sizeof *workers);
    for (unsigned i = 0; i < jobs; i++)
        workers[i] =
            (struct worker){.visitor.see = count_chunk, .work = &work, .facts = facts_new(), .reader.fd = -1};
    work.all_bytes = bytes_of(&work);
    run_workers(workers, jobs);
    int result = gather(workers, jobs, err);
    *facts = workers[0].facts;
    arena_free(arena);
    hand_over(*facts, &spools->damages);
    facts_settle(*facts);
    return result;
}
