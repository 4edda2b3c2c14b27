/* Folders with one {video} under one pattern are different videos; under different patterns they may be one.
 */
#include "processes/videos.h"

/* FNV-1a: part of users' video names, so it is for ever. */
static uint64_t folder_hash(struct str folder)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < folder.len; i++)
        hash = (hash ^ (uint8_t)folder.ptr[i]) * 0x100000001b3u;
    return hash;
}

struct settler {
    struct tree *tree;
    const struct vec *places;
    struct map by_name;
    struct vec group; /* of uint32_t: for each struct recorded_video the first one that is the same video */
};

static const struct recorded_video *video_at(const struct settler *s, uint32_t index)
{
    return VEC_AT(&s->tree->facts->videos, struct recorded_video, index);
}

static uint32_t *group_of(const struct settler *s, uint32_t index)
{
    return VEC_AT(&s->group, uint32_t, index);
}

/* Several folders of that name under one pattern: then only equal places may find together. */
static bool crowded(const struct settler *s, uint32_t index)
{
    const struct recorded_video *one = video_at(s, index);
    MAP_EACH (a, &s->by_name, str_hash(one->name))
        MAP_EACH (b, &s->by_name, str_hash(one->name)) {
            const struct recorded_video *left = video_at(s, a), *right = video_at(s, b);
            if (str_equal(left->name, one->name) && str_equal(right->name, one->name) &&
                left->pattern == right->pattern && left->folder.len && right->folder.len &&
                !str_equal(left->folder, right->folder))
                return true;
        }
    return false;
}

static bool same(const struct settler *s, uint32_t a, uint32_t b, bool is_crowded)
{
    const struct recorded_video *left = video_at(s, a), *right = video_at(s, b);
    struct str place = *VEC_AT(s->places, struct str, a);
    if (str_equal(left->folder, right->folder))
        return true;
    if (!is_crowded)
        return true;
    return left->pattern != right->pattern && place.len &&
           str_equal(place, *VEC_AT(s->places, struct str, b));
}

static void find_groups(struct settler *s)
{
    uint32_t count = (uint32_t)s->tree->facts->videos.count;
    for (uint32_t i = 0; i < count; i++)
        map_add(s->tree->arena, &s->by_name, str_hash(video_at(s, i)->name), i);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t group = i;
        struct str name = video_at(s, i)->name;
        bool is_crowded = crowded(s, i);
        MAP_EACH (j, &s->by_name, str_hash(name))
            if (j < i && *group_of(s, j) < group && str_equal(video_at(s, j)->name, name) &&
                same(s, j, i, is_crowded))
                group = *group_of(s, j);
        *VEC_PUSH(s->tree->arena, &s->group, uint32_t) = group;
    }
}

/* The first pattern's folder; "" when none is known. */
static struct str folder_of_group(const struct settler *s, const struct vec *recorded)
{
    struct str folder = STR("");
    uint32_t pattern = NONE;
    VEC_EACH (const uint32_t, index, recorded) {
        const struct recorded_video *video = video_at(s, *index);
        if (!video->folder.len || video->pattern >= pattern)
            continue;
        folder = video->folder;
        pattern = video->pattern;
    }
    return folder;
}

/* Gathers what is recorded of a group; true when another group has its name. */
static bool gather(const struct settler *s, uint32_t group, struct vec *recorded)
{
    struct str name = video_at(s, group)->name;
    bool shared = false;
    MAP_EACH (i, &s->by_name, str_hash(name)) {
        if (!str_equal(video_at(s, i)->name, name))
            continue;
        if (*group_of(s, i) == group)
            *VEC_PUSH(s->tree->arena, recorded, uint32_t) = i;
        else
            shared = true;
    }
    return shared;
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static void add_video(struct settler *s, uint32_t group)
{
    struct video *video = VEC_PUSH(s->tree->arena, &s->tree->videos, struct video);
    bool shared = gather(s, group, &video->recorded);
    VEC_SORT(&video->recorded, uint32_t, by_number);
    video->name = video_at(s, group)->name;
    video->folder = folder_of_group(s, &video->recorded);
    if (video->folder.len && shared)
        video->name = str_format(s->tree->arena, STR_FMT "~%08x", STR_ARG(video->name),
                                 (unsigned)(folder_hash(video->folder) >> 32));
}

static int by_name(const void *a, const void *b)
{
    const struct video *left = a, *right = b;
    int order = str_compare(left->name, right->name);
    return order ? order : str_compare(left->folder, right->folder);
}

void videos_settle(struct tree *tree, const struct vec *places)
{
    struct settler s = {.tree = tree, .places = places};
    uint32_t count = (uint32_t)tree->facts->videos.count;
    find_groups(&s);
    for (uint32_t i = 0; i < count; i++)
        if (*group_of(&s, i) == i && video_at(&s, i)->name.len)
            add_video(&s, i);
    VEC_SORT(&tree->videos, struct video, by_name);
    tree->video_of = arena_alloc(tree->arena, (count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < count; i++)
        tree->video_of[i] = NONE;
    for (uint32_t f = 0; f < tree->videos.count; f++)
        VEC_EACH (uint32_t, recorded, &VEC_AT(&tree->videos, struct video, f)->recorded)
            tree->video_of[*recorded] = f;
}

/* The video that all of a process's own events belong to; NONE: none or several. *several tells which. */
static uint32_t own_video(const struct tree *tree, const struct node *node, bool *several)
{
    uint32_t video = NONE;
    *several = false;
    if (node->fact == NONE)
        return NONE;
    VEC_EACH (uint32_t, recorded,
              &VEC_AT(&tree->facts->processes, struct recorded_process, node->fact)->videos) {
        uint32_t other = tree->video_of[*recorded];
        if (other == NONE || other == video)
            continue;
        *several = video != NONE;
        if (*several)
            return NONE;
        video = other;
    }
    return video;
}

static bool has_video(const struct tree *tree, const struct node *node, uint32_t video)
{
    VEC_EACH (uint32_t, recorded,
              &VEC_AT(&tree->facts->processes, struct recorded_process, node->fact)->videos)
        if (tree->video_of[*recorded] == video)
            return true;
    return false;
}

static uint32_t home(const struct tree *tree, const struct node *node)
{
    bool several;
    uint32_t own = own_video(tree, node, &several);
    uint32_t spawned = node->spawn_video == NONE ? NONE : tree->video_of[node->spawn_video];
    if (several)
        return spawned != NONE && has_video(tree, node, spawned) ? spawned : NONE;
    if (own != NONE)
        return own;
    if (spawned != NONE)
        return spawned;
    return node->parent == NONE ? NONE : tree_node(tree, node->parent)->video;
}

void videos_of_nodes(struct tree *tree)
{
    VEC_EACH (struct node, node, &tree->nodes)
        node->video = home(tree, node);
}

uint32_t videos_of_event(const struct tree *tree, uint32_t node, uint32_t recorded)
{
    uint32_t video = recorded == NONE ? NONE : tree->video_of[recorded];
    return video != NONE || node == NONE ? video : tree_node(tree, node)->video;
}
