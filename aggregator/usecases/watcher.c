/* read -> reduce -> conclude -> emit, in rounds: facts of finished chunks are kept, those of open ones made
 * anew. */
#include "usecases/watcher.h"

#include "emit/screen/live.h"
#include "read/follow.h"
#include "reduce/reduce.h"
#include "usecases/conclude.h"
#include "usecases/read_spools.h"

#include <dirent.h>
#include <sys/stat.h>

struct watcher {
    struct follow_sink sink; /* first: its function casts back */
    struct arena *arena;
    char *const *folders;
    int count;
    struct vec follows;    /* of struct follow */
    struct facts *kept;    /* of finished chunks */
    struct reducer *keeps; /* into kept */
    struct reducer *opens; /* into this round's facts */
    struct facts *facts;   /* of the last round, with kept */
    struct conclusion now; /* of facts */
    struct live_lines told;
};

static void see_chunk(struct follow_sink *sink, const struct chunk *chunk, bool finished)
{
    struct watcher *w = (struct watcher *)sink;
    reduce_chunk(finished ? w->keeps : w->opens, chunk);
}

struct watcher *watcher_new(char *const *folders, int count)
{
    struct arena *arena = arena_new();
    struct watcher *w = ARENA_NEW(arena, struct watcher);
    *w = (struct watcher){
        .sink = {see_chunk}, .arena = arena, .folders = folders, .count = count, .kept = facts_new()};
    w->keeps = reducer_new(w->kept);
    w->told.arena = arena;
    return w;
}

static void forget_round(struct watcher *w)
{
    if (w->now.arena)
        conclude_free(&w->now);
    facts_free(w->facts);
    w->facts = NULL;
}

void watcher_free(struct watcher *w)
{
    forget_round(w);
    reducer_free(w->keeps);
    facts_free(w->kept);
    arena_free(w->arena);
}

static struct follow *follow_of(struct watcher *w, const struct spool_file *file)
{
    VEC_EACH (struct follow, f, &w->follows)
        if (f->file.device == file->device && f->file.inode == file->inode)
            return f;
    struct follow *f = VEC_PUSH(w->arena, &w->follows, struct follow);
    f->file = *file;
    f->file.path = str_copy(w->arena, file->path);
    f->file.label = str_copy(w->arena, file->label);
    f->file.folder = str_copy(w->arena, file->folder);
    return f;
}

/* A folder that was made, but in which nothing was recorded yet. */
static bool is_empty(const char *folder)
{
    struct dirent *entry = NULL;
    DIR *dir = opendir(folder);
    while (dir && (entry = readdir(dir)) && entry->d_name[0] == '.')
        continue;
    if (dir)
        closedir(dir);
    return dir && !entry;
}

/* Those that are there by now. */
static int list(struct watcher *w, struct spools *spools, struct err *err)
{
    char **there = arena_alloc(w->arena, sizeof *there * (size_t)w->count);
    struct stat st;
    int count = 0;
    for (int i = 0; i < w->count; i++)
        if (stat(w->folders[i], &st) == 0 && !is_empty(w->folders[i]))
            there[count++] = w->folders[i];
    return read_spools_open(spools, there, count, err);
}

static int read_round(struct watcher *w, struct facts *open, struct err *err)
{
    struct spools spools;
    struct chunk_reader reader = {.fd = -1};
    int status = list(w, &spools, err);
    w->opens = reducer_new(open);
    if (!status)
        VEC_EACH (const struct spool_file, file, &spools.files)
            if (!status)
                status = follow_round(follow_of(w, file), w->arena, &reader, &w->sink, err);
    reducer_free(w->opens);
    chunk_reader_free(&reader);
    read_spools_close(&spools);
    return status;
}

int watcher_look(struct watcher *w, struct err *err)
{
    struct conclude_options options = {.ask_host = true};
    struct facts *open = facts_new();
    int status = read_round(w, open, err);
    if (status) {
        facts_free(open);
        return status;
    }
    forget_round(w);
    facts_settle(open);
    facts_merge(open, w->kept);
    w->facts = open;
    return conclude_all(open, &options, &w->now, err);
}

bool watcher_over(const struct watcher *w)
{
    VEC_EACH (const struct node, node, &w->now.tree.nodes)
        if (node->alive)
            return false;
    return w->now.tree.nodes.count > 0;
}

/* Whole paths leave no room for what is of interest. */
static struct str short_name(const char *folder)
{
    struct str path = str_of(folder);
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path.len > 1 ? str_basename(path) : path;
}

void watcher_draw(const struct watcher *w, FILE *out, const struct watch_size *size)
{
    live_draw(out, &w->now, short_name(w->folders[0]), size->columns, size->lines, size->colours);
}

void watcher_tell(struct watcher *w, FILE *out) { live_print_changes(out, &w->now, &w->told); }
