/* Groups by (stage, category), then by fingerprint. */
#include "failures/group.h"

#include "failures/fingerprint.h"

typedef const struct mishap *mishap_ref;

static bool is_echo(const struct story *story, const struct mishap *mishap)
{
    if (mishap->echo_of == NONE)
        return false;
    const struct mishap *other = VEC_AT(&story->mishaps, struct mishap, mishap->echo_of);
    return str_equal(other->category, mishap->category);
}

static int by_time(const void *a, const void *b)
{
    const struct mishap *left = *(const mishap_ref *)a, *right = *(const mishap_ref *)b;
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
    VEC_EACH (struct mishap, mishap, &story->mishaps) {
        mishap->fingerprint = fingerprint_of(mishap);
        if (!is_echo(story, mishap))
            *VEC_PUSH(arena, &refs, mishap_ref) = mishap;
    }
    vec_sort(&refs, sizeof(mishap_ref), by_time);
    return refs;
}

static struct group *group_of(struct arena *arena, struct vec *groups, const struct mishap *mishap)
{
    struct str key = mishap->category;
    if (mishap->stage.len)
        key = str_format(arena, STR_FMT "_" STR_FMT, STR_ARG(mishap->stage), STR_ARG(mishap->category));
    VEC_EACH (struct group, group, groups)
        if (str_equal(group->key, key))
            return group;
    struct group *group = VEC_PUSH(arena, groups, struct group);
    *group = (struct group){.key = key, .category = mishap->category, .first_ns = mishap->at_ns};
    return group;
}

static struct variant *variant_of(struct arena *arena, struct group *group, const struct mishap *mishap)
{
    VEC_EACH (struct variant, variant, &group->variants)
        if (variant->fingerprint == mishap->fingerprint)
            return variant;
    struct variant *variant = VEC_PUSH(arena, &group->variants, struct variant);
    *variant =
        (struct variant){.fingerprint = mishap->fingerprint, .example = mishap, .first_ns = mishap->at_ns};
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

static void count(struct arena *arena, struct group *group, const struct mishap *mishap)
{
    struct variant *variant = variant_of(arena, group, mishap);
    if (!variant->example->trace.len && mishap->trace.len)
        variant->example = mishap;
    uint64_t times = mishap->count ? mishap->count : 1;
    variant->count += times;
    variant->last_ns = mishap->at_ns;
    add_scene(arena, variant, mishap->scene);
    add_node(arena, variant, mishap->node);
    group->count += times;
    group->last_ns = mishap->at_ns;
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

struct vec errors_group(struct arena *arena, struct story *story)
{
    struct vec groups = {0}, refs = in_time(arena, story);
    VEC_EACH (const mishap_ref, mishap, &refs)
        count(arena, group_of(arena, &groups, *mishap), *mishap);
    VEC_EACH (struct group, group, &groups)
        VEC_SORT(&group->variants, struct variant, by_count);
    return groups;
}
