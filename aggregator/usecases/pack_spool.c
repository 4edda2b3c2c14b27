/* read -> processes -> read: which files nobody writes to any more, and what becomes of them.
 *
 * A file of this host's earlier boots is finished. One of this boot is when none of the processes in it
 * lives; others may still take room in it until it has another name, so it is set aside and looked at once
 * more. Of a file of another host nobody here can tell: it counts as finished a day after it was last written
 * to. */
#include "usecases/pack_spool.h"

#include "model/tree.h"
#include "processes/alive.h"
#include "read/chunk_reader.h"
#include "read/packed/pack_file.h"
#include "usecases/read_spools.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define OTHER_HOST_SECONDS 86400
#define CLAIM_US           50000 /* longer than it takes to map what was just claimed */

enum owner { OWNER_NONE, OWNER_RUNS, OWNER_OTHER_HOST };

static bool this_host(const char *name)
{
    char mine[65] = "";
    gethostname(mine, sizeof mine - 1);
    for (char *c = mine; *c; c++) /* as the spool's names have it */
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              strchr("-_.", *c)))
            *c = '_';
    return strncmp(name, mine, sizeof mine) == 0;
}

static enum owner owner_of(const struct vl_chunk *header)
{
    struct host host = {.name = str_of(header->host)};
    memcpy(host.boot_id, header->boot_id, sizeof host.boot_id);
    if (header->pid && alive_now(&host, header->pid, header->realtime_ns) != NO_TIME)
        return OWNER_RUNS;
    return header->kind == VL_CHUNK_CONTROL || this_host(header->host) ? OWNER_NONE : OWNER_OTHER_HOST;
}

/* Of all chunks. A fresh file is also that of whoever has just claimed room in it. */
static int find_owner(const struct spool_file *file, enum owner *owner, struct err *err)
{
    struct damages damages = {.arena = arena_new()};
    struct chunk_reader reader = {.fd = -1};
    struct chunk chunk;
    *owner = OWNER_NONE;
    int got = chunk_reader_open(&reader, file, &damages, err);
    if (got == 0)
        while ((got = chunk_reader_next(&reader, &chunk, err)) > 0) {
            enum owner one = owner_of(chunk.header);
            *owner = one == OWNER_RUNS || *owner == OWNER_NONE ? one : *owner;
            if (one == OWNER_RUNS)
                break;
        }
    chunk_reader_close(&reader);
    chunk_reader_free(&reader);
    arena_free(damages.arena);
    return got < 0 ? got : 0;
}

static int64_t written_ns(const struct spool_file *file)
{
    struct stat st;
    if (stat(file->path.ptr, &st) != 0)
        return INT64_MAX;
    return st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int judge(const struct spool_file *file, enum pack_result *result, struct err *err)
{
    enum owner owner;
    int status = find_owner(file, &owner, err);
    bool old = written_ns(file) < now_ns() - OTHER_HOST_SECONDS * 1000000000LL;
    *result = owner == OWNER_RUNS                 ? PACK_IN_USE
              : owner == OWNER_OTHER_HOST && !old ? PACK_OTHER_HOST
                                                  : PACK_DONE;
    return status;
}

static bool is_packed(const struct spool_file *file) { return !str_ends(file->path, STR(VL_FILE_SUFFIX)); }

/* Under a name at which nobody takes room, and nobody who had some lives. */
static int set_aside(struct arena *arena, struct spool_file *file, enum pack_result *result, struct err *err)
{
    int status = pack_set_aside(arena, file, err);
    usleep(CLAIM_US);
    return status ? status : judge(file, result, err);
}

static int pack_one(struct arena *arena, struct spool_file *file, struct pack_listener *listener,
                    struct err *err)
{
    enum pack_result result;
    struct pack_sizes sizes = {file->bytes, file->bytes};
    int status = judge(file, &result, err);
    if (!status && result == PACK_DONE)
        status = set_aside(arena, file, &result, err);
    if (!status && result == PACK_DONE)
        status = pack_file(file, &sizes, err);
    if (!status)
        listener->progress(listener, file->label, result, sizes.before, sizes.after);
    return status;
}

static int undo_one(struct spool_file *file, struct pack_listener *listener, struct err *err)
{
    struct pack_sizes sizes;
    int status = pack_undo(file, &sizes, err);
    if (!status)
        listener->progress(listener, file->label, PACK_DONE, sizes.before, sizes.after);
    return status;
}

int pack_spool(char *const *folders, int count, bool undo, struct pack_listener *listener, struct err *err)
{
    struct spools spools;
    int status = read_spools_open(&spools, folders, count, err);
    VEC_EACH (struct spool_file, file, &spools.files)
        if (!status && is_packed(file) == undo)
            status = undo ? undo_one(file, listener, err) : pack_one(spools.arena, file, listener, err);
    read_spools_close(&spools);
    return status;
}

static int prune_one(struct arena *arena, struct spool_file *file, int64_t before_ns, bool dry,
                     struct pack_listener *listener, struct err *err)
{
    enum pack_result result;
    int status = judge(file, &result, err);
    if (!status && result == PACK_DONE && written_ns(file) >= before_ns)
        result = PACK_YOUNG;
    if (!status && result == PACK_DONE && !dry && !is_packed(file))
        status = set_aside(arena, file, &result, err);
    if (!status && result == PACK_DONE && !dry)
        status = pack_remove(file, err);
    if (!status)
        listener->progress(listener, file->label, result, file->bytes, result == PACK_DONE ? 0 : file->bytes);
    return status;
}

int pack_spool_prune(char *const *folders, int count, int64_t before_ns, bool dry,
                     struct pack_listener *listener, struct err *err)
{
    struct spools spools;
    int status = read_spools_open(&spools, folders, count, err);
    VEC_EACH (struct spool_file, file, &spools.files)
        if (!status)
            status = prune_one(spools.arena, file, before_ns, dry, listener, err);
    for (int i = 0; i < count && !status && !dry; i++)
        pack_remove_orphans(folders[i]);
    read_spools_close(&spools);
    return status;
}
