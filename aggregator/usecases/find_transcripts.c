/* The first fold on a host copies the usage of its transcripts into the spool; later folds read that. */
#include "usecases/find_transcripts.h"

#include "read/transcripts/transcript_reader.h"
#include "read/transcripts/usage_file.h"

#include "vl/spool.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of one host and boot: the runs of the claude program that it made. */
struct part {
    const struct host *host;
    struct str name; /* of the copy of its transcripts */
    struct transcript_wish wish;
    int64_t until_ns; /* the last moment that the recording tells of them */
};

static void add_run(const struct tree *tree, struct part *part, uint32_t index)
{
    const struct node *node = tree_node(tree, index);
    int64_t last = node->ended ? node->end_ns : node->last_ns;
    struct transcript_wish *wish = &part->wish;
    wish->from_ns = node->start_ns < wish->from_ns ? node->start_ns : wish->from_ns;
    if (!node->ended)
        wish->to_ns = INT64_MAX;
    else if (last > wish->to_ns)
        wish->to_ns = last;
    part->until_ns = last > part->until_ns ? last : part->until_ns;
    *VEC_PUSH(tree->arena, &wish->folders, struct str) = tree_folder(tree, index);
}

static void add_keys(const struct tree *tree, struct part *part)
{
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences) {
        bool known = occurrence->fact->kind != FACT_PROMPT;
        VEC_EACH (const uint64_t, key, &part->wish.keys)
            known |= *key == occurrence->fact->prompt_seen.key;
        if (!known)
            *VEC_PUSH(tree->arena, &part->wish.keys, uint64_t) = occurrence->fact->prompt_seen.key;
    }
}

static bool is_this_host(const struct host *host)
{
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return str_equal(host->name, str_slice(str_of(name), 0, sizeof((struct vl_chunk){0}.host) - 1));
}

/* <host>-<boot>.usage.jsonl */
static struct str name_of(struct arena *arena, const struct host *host)
{
    struct str name = str_copy(arena, host->name), boot = STR("");
    for (char *c = (char *)(uintptr_t)name.ptr; *c; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     *c == '-' || *c == '_' || *c == '.';
        *c = plain ? *c : '_';
    }
    for (int i = 0; i < 8; i++)
        boot = str_format(arena, STR_FMT "%02x", STR_ARG(boot), host->boot_id[i]);
    return str_format(arena, STR_FMT "-" STR_FMT USAGE_SUFFIX, STR_ARG(name), STR_ARG(boot));
}

static struct str stem_of(struct str name)
{
    return str_slice(name, 0, name.len - (sizeof USAGE_SUFFIX - 1));
}

/* A spool's own copy, which those of the host's other spools may lie beside. */
static const char *path_of(struct arena *arena, const char *spool, const struct stat *st, struct str name)
{
    return str_format(arena, "%s/" VL_RUN_FOLDER "/" STR_FMT "-%016" PRIx64 USAGE_SUFFIX, spool,
                      STR_ARG(stem_of(name)), vl_spool_id(st->st_dev, st->st_ino))
        .ptr;
}

static bool is_copy(struct str entry, struct str stem)
{
    return entry.len > stem.len && str_equal(str_slice(entry, 0, stem.len), stem) &&
           (entry.ptr[stem.len] == '-' || entry.ptr[stem.len] == '.') && str_ends(entry, STR(USAGE_SUFFIX));
}

/* Of struct str: all copies of the host in a spool, by name. */
static struct vec paths_of(struct arena *arena, const char *spool, struct str name)
{
    struct vec paths = {0};
    struct dirent **entries;
    int count = scandir(str_format(arena, "%s/" VL_RUN_FOLDER, spool).ptr, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (is_copy(str_of(entries[i]->d_name), stem_of(name)))
            *VEC_PUSH(arena, &paths, struct str) =
                str_format(arena, "%s/" VL_RUN_FOLDER "/%s", spool, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return paths;
}

static const char *home_of(const struct conclude_options *options, const struct host *host, char *room,
                           size_t bytes)
{
    const char *config = getenv("CLAUDE_CONFIG_DIR"), *home = getenv("HOME");
    if (options->claude_home)
        return options->claude_home;
    if (!is_this_host(host))
        return NULL;
    if (config && *config)
        return config;
    if (!home || (size_t)snprintf(room, bytes, "%s/.claude", home) >= bytes)
        return NULL;
    return room;
}

/* Where the copy goes: the first spool that has a folder for it. */
static void write_copy(struct arena *arena, const struct part *part, const struct conclude_options *options,
                       struct transcript_store *store)
{
    struct stat st;
    struct transcripts all = transcript_store_all(store);
    for (int i = 0; i < options->spool_count; i++) {
        const char *spool = options->spools[i], *run = str_format(arena, "%s/" VL_RUN_FOLDER, spool).ptr;
        if (stat(run, &st) != 0 || !S_ISDIR(st.st_mode) || stat(spool, &st) != 0)
            continue;
        usage_file_write(&all, path_of(arena, spool, &st, part->name), part->until_ns);
        return;
    }
}

/* What the spools and the partial folds keep; *until_ns: how far the recording went then. */
static bool read_copies(struct arena *arena, const struct part *part, const struct conclude_options *options,
                        struct transcript_store *store, int64_t *until_ns)
{
    int64_t one;
    bool there = false;
    *until_ns = INT64_MIN;
    for (int i = 0; i < options->spool_count; i++) {
        struct vec paths = paths_of(arena, options->spools[i], part->name);
        VEC_EACH (const struct str, path, &paths) {
            there |= usage_file_read(store, path->ptr, &one);
            *until_ns = one > *until_ns ? one : *until_ns;
        }
    }
    for (size_t i = 0; options->copies && i < options->copies->count; i++) {
        const struct usage_copy *copy = VEC_AT(options->copies, struct usage_copy, i);
        if (!str_equal(copy->name, part->name))
            continue;
        there |= usage_file_parse(store, copy->text, &one);
        *until_ns = one > *until_ns ? one : *until_ns;
    }
    return there;
}

static void gather(const struct tree *tree, struct part *part, const struct conclude_options *options,
                   struct transcript_store *out)
{
    struct transcript_store store = {.arena = tree->arena};
    char room[PATH_MAX];
    int64_t until_ns;
    bool asked = part->wish.from_ns != INT64_MAX;
    bool there = read_copies(tree->arena, part, options, &store, &until_ns);
    const char *home = asked ? home_of(options, part->host, room, sizeof room) : NULL;
    bool stale = !there || until_ns < part->until_ns || options->claude_home;
    if (home && stale && transcript_reader_collect(&store, home, &part->wish)) {
        write_copy(tree->arena, part, options, &store);
        until_ns = part->until_ns;
        there = true;
    }
    struct transcripts all = transcript_store_all(&store);
    if (there && options->keep)
        *VEC_PUSH(tree->arena, options->keep, struct usage_copy) =
            (struct usage_copy){part->name, usage_file_text(tree->arena, &all, until_ns)};
    if (asked)
        transcript_store_merge(out, &all);
}

/* Of a shard: what was asked of a run that another shard tells of. Its session comes after, in any folder. */
static void add_strays(const struct tree *tree, uint32_t host, struct part *part)
{
    struct transcript_wish *wish = &part->wish;
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences) {
        bool known = occurrence->fact->kind != FACT_PROMPT || !occurrence->fact->prompt_seen.child ||
                     occurrence->node == NONE || tree_node(tree, occurrence->node)->host != host;
        VEC_EACH (const struct node, node, &tree->nodes)
            known |= node->host == host && node->pid == occurrence->fact->prompt_seen.child;
        if (known)
            continue;
        wish->from_ns = occurrence->at_ns < wish->from_ns ? occurrence->at_ns : wish->from_ns;
        wish->to_ns = INT64_MAX;
        part->until_ns = occurrence->at_ns > part->until_ns ? occurrence->at_ns : part->until_ns;
        *VEC_PUSH(tree->arena, &wish->folders, struct str) = STR("");
    }
}

static struct part part_of(const struct tree *tree, const struct vec *claude_runs, uint32_t h)
{
    const struct host *host = VEC_AT(&tree->facts->hosts, struct host, h);
    struct part part = {.host = host, .name = name_of(tree->arena, host), .until_ns = INT64_MIN};
    part.wish = (struct transcript_wish){.host = host->name, .from_ns = INT64_MAX, .to_ns = INT64_MIN};
    VEC_EACH (const uint32_t, claude, claude_runs)
        if (tree_node(tree, *claude)->host == h)
            add_run(tree, &part, *claude);
    return part;
}

struct transcripts find_transcripts(const struct tree *tree, const struct vec *claude_runs,
                                    const struct conclude_options *options)
{
    struct transcript_store store = {.arena = tree->arena};
    bool sources = options->spool_count || options->copies;
    for (uint32_t h = 0; sources && h < tree->facts->hosts.count; h++) {
        struct part part = part_of(tree, claude_runs, h);
        if (options->keep)
            add_strays(tree, h, &part);
        if (part.wish.from_ns == INT64_MAX && !options->keep)
            continue;
        add_keys(tree, &part);
        gather(tree, &part, options, &store);
    }
    return transcript_store_all(&store);
}
