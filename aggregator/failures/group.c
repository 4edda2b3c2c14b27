/* Groups by (stage, category), then by fingerprint. */
#include "failures/group.h"

#include <ctype.h>
#include <stdbool.h>

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

/* ---- what makes two failures the same error ---- */

static uint64_t mix(uint64_t hash, char byte) { return (hash ^ (uint8_t)byte) * 0x100000001b3u; }

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The length of a number at the start of s: hexadecimal after 0x, or decimal with a fraction; 0: none. */
static size_t number_length(struct str s)
{
    size_t i = 0;
    if (s.len > 2 && s.ptr[0] == '0' && s.ptr[1] == 'x')
        for (i = 2; i < s.len && isxdigit((unsigned char)s.ptr[i]);)
            i++;
    else
        while (i < s.len && (isdigit((unsigned char)s.ptr[i]) ||
                             (i && s.ptr[i] == '.' && i + 1 < s.len && isdigit((unsigned char)s.ptr[i + 1]))))
            i++;
    return i;
}

/* The length of the folders of an absolute path at the start of s: /a/b/ of /a/b/c. */
static size_t folders_length(struct str s)
{
    size_t last = 0;
    for (size_t i = 0; i < s.len && (is_word(s.ptr[i]) || strchr("/.-~+", s.ptr[i])); i++)
        if (s.ptr[i] == '/')
            last = i + 1;
    return s.len && s.ptr[0] == '/' ? last : 0;
}

static uint64_t mix_text(uint64_t hash, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = mix(hash, text.ptr[i]);
    return mix(hash, '\n');
}

static uint64_t mix_message(uint64_t hash, struct str message)
{
    bool in_word = false;
    for (size_t i = 0; i < message.len;) {
        struct str rest = str_slice(message, i, message.len);
        size_t number = in_word ? 0 : number_length(rest), folders = in_word ? 0 : folders_length(rest);
        in_word = is_word(rest.ptr[0]);
        hash = mix(hash, number ? '#' : folders ? '/' : rest.ptr[0]);
        i += number ? number : folders ? folders : 1;
    }
    return hash;
}

/* Of the interpreter or of a library. */
static bool is_elsewhere(struct str path)
{
    static const char *const marks[] = {"/site-packages/", "/dist-packages/", "/lib/python", "<frozen "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_find(path, str_of(marks[i])) >= 0)
            return true;
    return false;
}

/* `  File "path", line 7, in construct` */
static bool plain_frame(struct str line, struct str *path, struct str *function)
{
    ptrdiff_t begin = str_find(line, STR("File \"")), end, in;
    if (begin < 0)
        return false;
    struct str rest = str_slice(line, (size_t)begin + strlen("File \""), line.len);
    end = str_find(rest, STR("\", line "));
    in = str_find(rest, STR(", in "));
    if (end < 0 || in < 0)
        return false;
    *path = str_slice(rest, 0, (size_t)end);
    *function = str_trim(str_slice(rest, (size_t)in + strlen(", in "), rest.len));
    return true;
}

/* `/path/module.py:110 in get_module`, as Rich draws it */
static bool rich_frame(struct str line, struct str *path, struct str *function)
{
    ptrdiff_t colon = str_find(line, STR(".py:")), in = str_find(line, STR(" in "));
    if (colon < 0 || in < colon || !str_starts(str_trim(line), STR("/")))
        return false;
    *path = str_trim(str_slice(line, 0, (size_t)colon + strlen(".py")));
    *function = str_trim(str_slice(line, (size_t)in + strlen(" in "), line.len));
    return true;
}

static uint64_t mix_frame(uint64_t hash, struct str path, struct str function, struct str scene)
{
    struct str file = str_basename(path);
    if (str_ends(file, STR(".py")))
        file.len -= strlen(".py");
    if (!scene.len || !str_starts(file, scene))
        hash = mix_text(hash, file);
    return mix_text(hash, function);
}

uint64_t fingerprint_of(const struct failure *failure)
{
    uint64_t hash = mix_text(0xcbf29ce484222325u, failure->category);
    struct str rest = failure->trace, line, path, function;
    hash = mix_message(hash, failure->message);
    while (rest.len && str_next(&rest, '\n', &line))
        if ((plain_frame(line, &path, &function) || rich_frame(line, &path, &function)) &&
            !is_elsewhere(path))
            hash = mix_frame(hash, path, function, failure->scene);
    return hash;
}
