/* read -> reduce -> processes -> emit: what happened to files and processes. */
#include "usecases/read_spools.h"

#include "emit/screen/io.h"
#include "order/clock.h"
#include "processes/join_processes.h"
#include "processes/renames.h"

#include <errno.h>

/* The uses of one path by all processes. */
struct path_use {
    struct str path;
    struct io_sum io;
    uint32_t host; /* of the earliest use on the first host */
    uint64_t first_ticks;
};

static int path_order(const void *one, const void *other)
{
    const struct path_use *a = one, *b = other;
    int order = str_compare(a->path, b->path);
    if (order)
        return order;
    if (a->host != b->host)
        return a->host < b->host ? -1 : 1;
    return (a->first_ticks > b->first_ticks) - (a->first_ticks < b->first_ticks);
}

static struct vec uses_by_path(struct arena *arena, const struct facts *facts)
{
    struct vec uses = {0};
    VEC_EACH (struct file_use, use, &facts->files)
        *VEC_PUSH(arena, &uses, struct path_use) = (struct path_use){
            .path = use->path,
            .io = use->io,
            .host = facts_process_at(facts, use->process)->host,
            .first_ticks = use->first_ticks,
        };
    VEC_SORT(&uses, struct path_use, path_order);
    return uses;
}

static struct vec list_files(struct arena *arena, const struct facts *facts)
{
    struct renames renames = renames_index(arena, facts);
    struct vec uses = uses_by_path(arena, facts), files = {0};
    VEC_EACH (struct path_use, use, &uses) {
        struct io_file *last = files.count ? VEC_LAST(&files, struct io_file) : NULL;
        if (!last || !str_equal(last->path, use->path)) {
            last = VEC_PUSH(arena, &files, struct io_file);
            last->path = use->path;
            last->renamed_to = renames_of(&renames, arena, use->host, use->first_ticks, use->path);
        }
        io_add(&last->io, &use->io);
    }
    return files;
}

static int64_t wall(const struct clock *clock, uint64_t ticks)
{
    return ticks ? clock_realtime_ns(clock, ticks) : 0;
}

static struct io_process process_row(const struct process *process, const struct clock *clock)
{
    const struct image *image = process_last_image(process);
    return (struct io_process){
        .process = process,
        .argv = image ? image->argv : STR(""),
        .start_ns = wall(clock, process->begin_ticks),
        .end_ns = wall(clock, process->end_ticks),
    };
}

static int row_order(const void *one, const void *other)
{
    const struct io_process *a = one, *b = other;
    if (a->start_ns != b->start_ns)
        return a->start_ns < b->start_ns ? -1 : 1;
    if (a->process->pid != b->process->pid)
        return a->process->pid < b->process->pid ? -1 : 1;
    return (a->end_ns > b->end_ns) - (a->end_ns < b->end_ns);
}

static struct vec list_processes(struct arena *arena, const struct facts *facts)
{
    const struct clock *clocks = clocks_make(arena, facts);
    struct processes processes = join_processes(arena, facts);
    struct vec rows = {0};
    VEC_EACH (struct process, proc, &processes.list)
        *VEC_PUSH(arena, &rows, struct io_process) = process_row(proc, &clocks[proc->host]);
    VEC_SORT(&rows, struct io_process, row_order);
    return rows;
}

struct io_report sum_io_files(struct arena *arena, const struct facts *facts)
{
    return (struct io_report){.files = list_files(arena, facts)};
}

struct io_report sum_io(struct arena *arena, const struct facts *facts)
{
    return (struct io_report){.files = list_files(arena, facts), .processes = list_processes(arena, facts)};
}

int sum_io_write(const struct spools *spools, bool json, FILE *out, struct facts **facts, struct err *err)
{
    int result = read_spools(spools, NULL, 1, NULL, facts, err);
    if (result)
        return result;
    struct arena *arena = arena_new();
    struct io_report report = sum_io(arena, *facts);
    int failed = json ? io_write_json(out, &report) : io_write_table(out, &report);
    if ((failed || fflush(out)) && errno != EPIPE)
        result = err_set(err, ERR_OUTPUT, "the report could not be written: %s", strerror(errno));
    arena_free(arena);
    return result;
}
