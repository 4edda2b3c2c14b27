/* From joined processes and facts to nodes in wall time; a parent's index is below its children's. */
#include "processes/process_tree.h"

#include "processes/crashes.h"
#include "processes/join_processes.h"
#include "processes/lines.h"
#include "processes/spans.h"
#include "processes/videos.h"
#include "vl/event.h"

struct builder {
    struct tree *tree;
    struct processes processes;
    uint32_t *depth;   /* by index of struct process */
    uint32_t *node_of; /* by index of struct process */
    process_tree_alive *alive;
};

static struct process *proc_at(const struct builder *b, uint32_t index)
{
    return VEC_AT(&b->processes.list, struct process, index);
}

static uint32_t depth_of(struct builder *b, uint32_t index)
{
    uint32_t depth = 0;
    while ((index = proc_at(b, index)->parent) != NONE && depth < b->processes.list.count)
        depth++;
    return depth;
}

/* Indices of struct process, parents first, else in their order. */
static uint32_t *parents_first(struct builder *b)
{
    uint32_t count = (uint32_t)b->processes.list.count, deepest = 0, filled = 0;
    uint32_t *order = arena_alloc(b->tree->arena, (count + 1) * sizeof *order);
    b->depth = arena_alloc(b->tree->arena, (count + 1) * sizeof *b->depth);
    for (uint32_t i = 0; i < count; i++) {
        b->depth[i] = depth_of(b, i);
        deepest = b->depth[i] > deepest ? b->depth[i] : deepest;
    }
    for (uint32_t depth = 0; depth <= deepest; depth++)
        for (uint32_t i = 0; i < count; i++)
            if (b->depth[i] == depth)
                order[filled++] = i;
    return order;
}

/* A copy of its parent's image, made by fork, is no program of its own. */
static bool is_copy(const struct image *image)
{
    return image->how == VL_START_FORK || image->how == VL_START_VFORK || image->how == VL_START_CLONE;
}

static void add_commands(struct builder *b, const struct process *proc, struct node *node)
{
    VEC_EACH (const struct image, image, &proc->images) {
        if (is_copy(image) || (!image->argv.len && !image->exe.len))
            continue;
        struct invocation *command = VEC_PUSH(b->tree->arena, &node->commands, struct invocation);
        command->at_ns = tree_wall(b->tree, proc->host, image->ticks);
        command->exe = image->exe;
        command->argv = image->argv;
    }
}

static uint64_t key_of(const struct host *host, const struct process *proc)
{
    uint64_t boot[2];
    memcpy(boot, host->boot_id, sizeof boot);
    uint64_t hash = map_mix(map_mix(str_hash(host->name), boot[0]), boot[1]);
    return map_mix(map_mix(hash, proc->own_pid), proc->start ? proc->start : proc->begin_ticks);
}

static uint64_t last_ticks(const struct builder *b, const struct process *proc)
{
    uint64_t last = ticks_last(proc->begin_ticks, proc->end_ticks);
    return proc->row == NONE ? last
                             : ticks_last(last, facts_process_at(b->tree->facts, proc->row)->last_ticks);
}

/* The process of whose pid this machine can be asked: itself, or the first of the PID namespace that it is
 * in. */
static const struct process *known_outside(const struct builder *b, uint32_t index)
{
    const struct process *proc = proc_at(b, index);
    for (size_t steps = 0; steps < b->processes.list.count; steps++) {
        uint32_t space = proc->space;
        if (space == index)
            space = proc->parent == NONE ? NONE : proc_at(b, proc->parent)->space;
        if (space == NONE)
            break;
        proc = proc_at(b, index = space);
    }
    return proc;
}

static void fill_end(struct builder *b, uint32_t index, struct node *node)
{
    const struct process *proc = proc_at(b, index);
    const struct host *host = VEC_AT(&b->tree->facts->hosts, struct host, proc->host);
    uint64_t last = last_ticks(b, proc);
    node->last_ns = last ? tree_wall(b->tree, proc->host, last) : node->start_ns;
    node->ended = proc->end_known != END_UNKNOWN;
    node->end_ns = node->ended && proc->end_ticks ? tree_wall(b->tree, proc->host, proc->end_ticks) : NO_TIME;
    if (node->ended && node->end_ns == NO_TIME)
        node->end_ns = node->last_ns;
    int64_t now =
        node->ended || !b->alive ? NO_TIME : b->alive(host, known_outside(b, index)->pid, node->last_ns);
    node->alive = now != NO_TIME;
    node->last_ns = node->alive && now > node->last_ns ? now : node->last_ns;
    node->signal = node->ended ? proc->signal : 0;
    node->exit_status = node->ended && !proc->signal ? proc->exit_status : -1;
}

static void fill_node(struct builder *b, uint32_t index, struct node *node)
{
    const struct process *proc = proc_at(b, index);
    const struct host *host = VEC_AT(&b->tree->facts->hosts, struct host, proc->host);
    *node = (struct node){.fact = proc->row,
                          .parent = proc->parent == NONE ? NONE : b->node_of[proc->parent],
                          .first_child = NONE,
                          .next_sibling = NONE,
                          .depth = b->depth[index],
                          .host = proc->host,
                          .pid = proc->pid,
                          .key = key_of(host, proc),
                          .spawn_video = NONE,
                          .video = NONE,
                          .instrumented = proc->instrumented,
                          .killed_by = NONE,
                          .cpu_us = proc->cpu_known ? (int64_t)(proc->user_us + proc->system_us) : -1,
                          .peak_kb = proc->max_rss_kb};
    node->root = node->parent == NONE ? b->node_of[index] : tree_node(b->tree, node->parent)->root;
    uint64_t begin = proc->begin_ticks;
    if (!begin && proc->row != NONE)
        begin = facts_process_at(b->tree->facts, proc->row)->first_ticks;
    node->start_ns = tree_wall(b->tree, proc->host, begin);
    fill_end(b, index, node);
    add_commands(b, proc, node);
}

/* From the last to the first, so that children stand in their order. */
static void link_children(struct tree *tree)
{
    for (uint32_t i = (uint32_t)tree->nodes.count; i-- > 0;) {
        struct node *node = tree_node(tree, i);
        if (node->parent == NONE)
            continue;
        node->next_sibling = tree_node(tree, node->parent)->first_child;
        tree_node(tree, node->parent)->first_child = i;
    }
}

static void add_nodes(struct builder *b)
{
    uint32_t count = (uint32_t)b->processes.list.count, *order = parents_first(b);
    b->node_of = arena_alloc(b->tree->arena, (count + 1) * sizeof *b->node_of);
    vec_reserve(b->tree->arena, &b->tree->nodes, sizeof(struct node), count);
    for (uint32_t i = 0; i < count; i++)
        b->node_of[order[i]] = i;
    for (uint32_t i = 0; i < count; i++)
        fill_node(b, order[i], VEC_PUSH(b->tree->arena, &b->tree->nodes, struct node));
    for (uint32_t i = 0; i < count; i++)
        if (proc_at(b, i)->killed_by != NONE)
            tree_node(b->tree, b->node_of[i])->killed_by = b->node_of[proc_at(b, i)->killed_by];
    size_t rows = b->tree->facts->processes.count;
    b->tree->node_of = arena_alloc(b->tree->arena, (rows + 1) * sizeof(uint32_t));
    for (size_t i = 0; i < rows; i++)
        b->tree->node_of[i] = b->node_of[b->processes.of_row[i]];
}

static int by_time(const void *a, const void *b)
{
    const struct occurrence *left = a, *right = b;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    return facts_order(left->fact, right->fact);
}

static void add_occurrences(struct tree *tree)
{
    VEC_EACH (const struct fact, fact, &tree->facts->events) {
        const struct recorded_process *process = facts_process_at(tree->facts, fact->process);
        struct occurrence *occurrence = VEC_PUSH(tree->arena, &tree->occurrences, struct occurrence);
        *occurrence = (struct occurrence){tree_wall(tree, process->host, fact->ticks),
                                          tree->node_of[fact->process], NONE, fact};
    }
    VEC_SORT(&tree->occurrences, struct occurrence, by_time);
}

static int64_t wall_or_never(const struct tree *tree, uint32_t host, uint64_t ticks)
{
    return ticks ? tree_wall(tree, host, ticks) : NO_TIME;
}

static int by_path(const void *a, const void *b)
{
    const struct file_access *left = a, *right = b;
    if (left->node != right->node)
        return left->node < right->node ? -1 : 1;
    int order = str_compare(left->use->path, right->use->path);
    return order ? order : (left->use->video > right->use->video) - (left->use->video < right->use->video);
}

static void add_file_accesses(struct tree *tree)
{
    VEC_EACH (const struct file_use, use, &tree->facts->files) {
        uint32_t host = facts_process_at(tree->facts, use->process)->host;
        struct file_access *access = VEC_PUSH(tree->arena, &tree->file_accesses, struct file_access);
        *access = (struct file_access){.node = tree->node_of[use->process],
                                       .video = NONE,
                                       .first_ns = tree_wall(tree, host, use->first_ticks),
                                       .last_ns = tree_wall(tree, host, use->last_ticks),
                                       .first_write_ns = wall_or_never(tree, host, use->first_write_ticks),
                                       .last_write_ns = wall_or_never(tree, host, use->last_write_ticks),
                                       .use = use};
    }
    VEC_SORT(&tree->file_accesses, struct file_access, by_path);
}

static void give_spawns(struct builder *b)
{
    for (uint32_t i = 0; i < b->processes.list.count; i++) {
        const struct fact *spawn = proc_at(b, i)->spawn;
        if (!spawn)
            continue;
        struct node *node = tree_node(b->tree, b->node_of[i]);
        node->spawn_tid = spawn->tid;
        node->spawn_video = spawn->video;
    }
}

static void build(struct tree *tree, process_tree_alive *alive)
{
    struct builder b = {.tree = tree, .alive = alive};
    b.processes = join_processes(tree->arena, tree->facts);
    add_nodes(&b);
    link_children(tree);
    add_occurrences(tree);
    add_file_accesses(tree);
    give_spawns(&b);
}

static void give_videos(struct tree *tree)
{
    VEC_EACH (struct occurrence, occurrence, &tree->occurrences)
        occurrence->video = videos_of_event(tree, occurrence->node, occurrence->fact->video);
    VEC_EACH (struct file_access, access, &tree->file_accesses)
        access->video = videos_of_event(tree, access->node, access->use->video);
}

void process_tree_conclude(struct tree *tree, const struct vec *bases, process_tree_alive *alive)
{
    videos_settle(tree, bases);
    build(tree, alive);
    videos_of_nodes(tree);
    give_videos(tree);
    spans_join(tree);
    lines_join(tree);
    crashes_find(tree);
}
