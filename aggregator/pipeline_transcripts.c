/* The first fold on a host copies the usage of its transcripts into the spool; later folds read that. */
#include "pipeline_transcripts.h"

#include "read/transcript.h"
#include "read/usage_file.h"

#include "vl/spool.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of one host and boot: the runs of the claude program that it made. */
struct part {
    const struct host *host;
    struct transcript_wish wish;
    int64_t until_ns; /* the last moment that the recording tells of them */
};

static struct str folder_of(const struct tree *tree, uint32_t index)
{
    for (; index != NONE; index = tree_node(tree, index)->parent) {
        const struct node *node = tree_node(tree, index);
        if (node->fact == NONE)
            continue;
        VEC_EACH (const struct image, image, &facts_process_at(tree->facts, node->fact)->images)
            if (image->cwd.len)
                return image->cwd;
    }
    return STR("");
}

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
    *VEC_PUSH(tree->arena, &wish->folders, struct str) = folder_of(tree, index);
}

static void add_keys(const struct tree *tree, struct part *part)
{
    VEC_EACH (const struct deed, deed, &tree->deeds) {
        bool known = deed->fact->kind != FACT_PROMPT;
        VEC_EACH (const uint64_t, key, &part->wish.keys)
            known |= *key == deed->fact->n[1];
        if (!known)
            *VEC_PUSH(tree->arena, &part->wish.keys, uint64_t) = deed->fact->n[1];
    }
}

static bool is_this_host(const struct host *host)
{
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return str_equal(host->name, str_slice(str_of(name), 0, sizeof((struct vl_chunk){0}.host) - 1));
}

/* SPOOL/_run/<host>-<boot>.usage.jsonl; "" when the name is too long. */
static void path_of(const char *spool, const struct host *host, char *path, size_t bytes)
{
    char name[256];
    size_t length = 0;
    for (; length < host->name.len && length + 1 < sizeof name; length++) {
        char c = host->name.ptr[length];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                     c == '_' || c == '.';
        name[length] = plain ? c : '_';
    }
    name[length] = '\0';
    int used = snprintf(path, bytes, "%s/" VL_RUN_FOLDER "/%s-", spool, name);
    for (int i = 0; i < 8 && used > 0 && (size_t)used < bytes; i++)
        used += snprintf(path + used, bytes - (size_t)used, "%02x", host->boot_id[i]);
    if (used > 0 && (size_t)used < bytes)
        used += snprintf(path + used, bytes - (size_t)used, USAGE_SUFFIX);
    if (used < 0 || (size_t)used >= bytes)
        *path = '\0';
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
static void write_copy(const struct part *part, const struct conclude_options *options,
                       struct transcript_store *store)
{
    char path[PATH_MAX];
    struct stat st;
    struct transcripts all = store_all(store);
    for (int i = 0; i < options->spool_count; i++) {
        path_of(options->spools[i], part->host, path, sizeof path);
        char *slash = strrchr(path, '/');
        if (!slash)
            continue;
        *slash = '\0';
        bool there = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
        *slash = '/';
        if (there) {
            usage_file_write(&all, path, part->until_ns);
            return;
        }
    }
}

static void gather(const struct tree *tree, const struct part *part, const struct conclude_options *options,
                   struct transcript_store *out)
{
    struct transcript_store store = {.arena = tree->arena};
    char path[PATH_MAX], room[PATH_MAX];
    int64_t until_ns = INT64_MIN, one;
    bool there = false;
    for (int i = 0; i < options->spool_count; i++) {
        path_of(options->spools[i], part->host, path, sizeof path);
        there |= *path && usage_file_read(&store, path, &one);
        until_ns = *path && one > until_ns ? one : until_ns;
    }
    const char *home = home_of(options, part->host, room, sizeof room);
    bool stale = !there || until_ns < part->until_ns || options->claude_home;
    if (home && stale && transcripts_collect(&store, home, &part->wish))
        write_copy(part, options, &store);
    struct transcripts all = store_all(&store);
    store_merge(out, &all);
}

struct transcripts transcripts_of(const struct tree *tree, const struct vec *claudes,
                                  const struct conclude_options *options)
{
    struct transcript_store store = {.arena = tree->arena};
    for (uint32_t h = 0; h < tree->facts->hosts.count; h++) {
        const struct host *host = VEC_AT(&tree->facts->hosts, struct host, h);
        struct part part = {.host = host, .until_ns = INT64_MIN};
        part.wish = (struct transcript_wish){.host = host->name, .from_ns = INT64_MAX, .to_ns = INT64_MIN};
        VEC_EACH (const uint32_t, claude, claudes)
            if (tree_node(tree, *claude)->host == h)
                add_run(tree, &part, *claude);
        if (part.wish.from_ns == INT64_MAX || !options->spool_count)
            continue;
        add_keys(tree, &part);
        gather(tree, &part, options, &store);
    }
    return store_all(&store);
}
