/* A track a process: its life as a slice, the moments of its execs, and an arrow from its parent.
 */
#include "emit/export/chrome.h"

#include "emit/json.h"

static int64_t end_of(const struct node *node)
{
    return node->end_ns == NO_TIME ? node->last_ns : node->end_ns;
}

static struct track track_of(const struct chrome *chrome, const struct node *node)
{
    return (struct track){chrome_pid(chrome, node->video, node->host), node->pid};
}

static struct str program_of(const struct node *node)
{
    return node->commands.count ? VEC_LAST(&node->commands, struct invocation)->program : STR("");
}

static void put_name(struct chrome *chrome, const char *what, struct track track, struct str name)
{
    json_t *event = chrome_event("M", track, what), *args = json_object();
    chrome_set(args, "name", json_text(name));
    chrome_set(event, "args", args);
    chrome_put(chrome, event);
}

static struct str group_name(const struct chrome *chrome, const struct node *node)
{
    const struct tree *tree = &chrome->run->tree;
    struct str video =
        node->video == NONE ? STR("run") : VEC_AT(&tree->videos, struct video, node->video)->name;
    if (tree->facts->hosts.count < 2)
        return video;
    struct str host = VEC_AT(&tree->facts->hosts, struct host, node->host)->name;
    return str_format(chrome->run->arena, STR_FMT " on " STR_FMT, STR_ARG(video), STR_ARG(host));
}

static json_t *args_of(const struct node *node)
{
    json_t *args = json_object();
    if (node->commands.count)
        chrome_set(args, "arguments", json_text(VEC_LAST(&node->commands, struct invocation)->args));
    chrome_set(args, "pid", json_integer(node->pid));
    chrome_set(args, "exit_status", json_count(node->exit_status));
    if (node->signal)
        chrome_set(args, "signal", json_integer(node->signal));
    chrome_set(args, "cpu_seconds", json_seconds(node->cpu_us < 0 ? -1 : node->cpu_us * 1000));
    chrome_set(args, "memory_peak_mb", json_megabytes(node->peak_kb ? (int64_t)node->peak_kb : -1));
    if (node->end_ns == NO_TIME)
        chrome_set(args, "end", json_string(node->alive ? "still runs" : "not recorded"));
    return args;
}

/* The moments at which a process became another program. A slice for each would end with the process's own,
 * and viewers that pair begins with ends cannot tell the two apart. */
static void put_images(struct chrome *chrome, const struct node *node)
{
    for (size_t i = 1; i < node->commands.count; i++) {
        const struct invocation *one = VEC_AT(&node->commands, struct invocation, i);
        json_t *event = chrome_event("i", track_of(chrome, node), "exec"), *args = json_object();
        chrome_at(chrome, event, "ts", one->at_ns);
        chrome_set(event, "s", json_string("t")); /* of this track */
        chrome_set(args, "program", json_text(one->program));
        chrome_set(args, "arguments", json_text(one->args));
        chrome_set(event, "args", args);
        chrome_put(chrome, event);
    }
}

static void put_arrow(struct chrome *chrome, const struct node *node)
{
    if (node->parent == NONE)
        return;
    const struct node *parent = tree_node(&chrome->run->tree, node->parent);
    int64_t at = node->start_ns < end_of(parent) ? node->start_ns : end_of(parent);
    at = at > parent->start_ns ? at : parent->start_ns;
    chrome_arrow(chrome, "starts", track_of(chrome, parent), at, track_of(chrome, node), node->start_ns);
}

/* Whether an earlier process is on the same track, or in the same group. */
static bool named_before(struct chrome *chrome, struct map *seen, struct vec *keys, uint64_t key)
{
    MAP_EACH (index, seen, key)
        if (*VEC_AT(keys, uint64_t, index) == key)
            return true;
    map_add(chrome->run->arena, seen, key, (uint32_t)keys->count);
    *VEC_PUSH(chrome->run->arena, keys, uint64_t) = key;
    return false;
}

static void put_names(struct chrome *chrome)
{
    struct map seen = {0};
    struct vec keys = {0};
    VEC_EACH (const struct node, node, &chrome->run->tree.nodes) {
        struct track track = track_of(chrome, node);
        if (!named_before(chrome, &seen, &keys, (uint64_t)track.pid << 32))
            put_name(chrome, "process_name", track, group_name(chrome, node));
        if (!named_before(chrome, &seen, &keys, (uint64_t)track.pid << 32 | track.tid))
            put_name(chrome, "thread_name", track, program_of(node));
    }
}

void chrome_processes(struct chrome *chrome)
{
    put_names(chrome);
    VEC_EACH (const struct node, node, &chrome->run->tree.nodes) {
        chrome_slice(chrome, track_of(chrome, node), program_of(node), "process", node->start_ns,
                     end_of(node), args_of(node));
        put_images(chrome, node);
        put_arrow(chrome, node);
    }
}
