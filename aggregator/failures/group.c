/* Groups by (stage, category), then by fingerprint. */
#include "failures/group.h"

#include "failures/fingerprint.h"

typedef const struct failure *failure_ref;

static bool is_echo(const struct story *story, const struct failure *failure)
{
    if (failure->echo_of == NONE)
        return false;
    const struct failure *other = VEC_AT(&story->failures, struct failure, failure->echo_of);
    return str_equal(other->category, failure->category);
}

static int by_time(const void *a, const void *b)
{
    const struct failure *left = *(const failure_ref *)a, *right = *(const failure_ref *)b;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    if (left->fingerprint != right->fingerprint)
        return left->fingerprint < right->fingerprint ? -1 : 1;
    int order = str_compare(left->scene, right->scene);
    return order ? order : str_compare(left->message, right->message);
}

static struct vec in_time(struct arena *arena, struct story *story)
{
    struct vec refs = {0};
    VEC_EACH (struct failure, failure, &story->failures) {
        failure->fingerprint = fingerprint_of(failure);
        if (!is_echo(story, failure))
            *VEC_PUSH(arena, &refs, failure_ref) = failure;
    }
    vec_sort(&refs, sizeof(failure_ref), by_time);
    return refs;
}

static struct group *group_of(struct arena *arena, struct vec *groups, const struct failure *failure)
{
    struct str key = failure->category;
    if (failure->stage.len)
        key = str_format(arena, STR_FMT "_" STR_FMT, STR_ARG(failure->stage), STR_ARG(failure->category));
    VEC_EACH (struct group, group, groups)
        if (str_equal(group->key, key))
            return group;
    struct group *group = VEC_PUSH(arena, groups, struct group);
    *group = (struct group){.key = key, .category = failure->category, .first_ns = failure->at_ns};
    return group;
}

static struct variant *variant_of(struct arena *arena, struct group *group, const struct failure *failure)
{
    VEC_EACH (struct variant, variant, &group->variants)
        if (variant->fingerprint == failure->fingerprint)
            return variant;
    struct variant *variant = VEC_PUSH(arena, &group->variants, struct variant);
    *variant =
        (struct variant){.fingerprint = failure->fingerprint, .example = failure, .first_ns = failure->at_ns};
    return variant;
}

static void add_scene(struct arena *arena, struct variant *variant, struct str scene)
{
    VEC_EACH (const struct str, known, &variant->scenes)
        if (str_equal(*known, scene))
            return;
    if (scene.len)
        *VEC_PUSH(arena, &variant->scenes, struct str) = scene;
}

static void add_node(struct arena *arena, struct variant *variant, uint32_t node)
{
    VEC_EACH (const uint32_t, known, &variant->nodes)
        if (*known == node)
            return;
    if (node != NONE)
        *VEC_PUSH(arena, &variant->nodes, uint32_t) = node;
}

static void count(struct arena *arena, struct group *group, const struct failure *failure)
{
    struct variant *variant = variant_of(arena, group, failure);
    if (!variant->example->trace.len && failure->trace.len)
        variant->example = failure;
    uint64_t times = failure->count ? failure->count : 1;
    variant->count += times;
    variant->last_ns = failure->at_ns;
    add_scene(arena, variant, failure->scene);
    add_node(arena, variant, failure->node);
    group->count += times;
    group->last_ns = failure->at_ns;
}

static int by_count(const void *a, const void *b)
{
    const struct variant *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    if (left->first_ns != right->first_ns)
        return left->first_ns < right->first_ns ? -1 : 1;
    return left->fingerprint < right->fingerprint ? -1 : left->fingerprint > right->fingerprint;
}

struct vec group_failures(struct arena *arena, struct story *story)
{
    struct vec groups = {0}, refs = in_time(arena, story);
    VEC_EACH (const failure_ref, failure, &refs)
        count(arena, group_of(arena, &groups, *failure), *failure);
    VEC_EACH (struct group, group, &groups)
        VEC_SORT(&group->variants, struct variant, by_count);
    return groups;
}
