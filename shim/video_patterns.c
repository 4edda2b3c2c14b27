/* A pattern is a row of components; `*` stands for any bytes within one, {video} for the name. It may match
 * anywhere between two slashes, or from the root if it begins with one. */
#include "video_patterns.h"

#include "config.h"
#include "vl/spool.h"

#include <string.h>

#define PATTERNS_MAX   8
#define COMPONENTS_MAX 64
#define MARK           "{video}"

struct piece {
    const char *text;
    uint32_t length;
};

static struct pattern {
    struct piece pieces[16];
    uint32_t count;
    bool rooted;
} patterns[PATTERNS_MAX];
static uint32_t pattern_count;

/* A component of a path, which is no longer than PATH_BYTES: there are many, on somebody's stack. */
struct part {
    uint16_t at, length;
};

/* The part of a path or pattern up to the next slash. */
static struct piece next_piece(const char **text, const char *end)
{
    while (*text < end && **text == '/')
        (*text)++;
    struct piece p = {*text, 0};
    while (*text < end && **text != '/')
        (*text)++;
    p.length = (uint32_t)(*text - p.text);
    return p;
}

static bool find_mark(struct piece p, uint32_t *at)
{
    const char *found = memmem(p.text, p.length, MARK, strlen(MARK));
    if (found)
        *at = (uint32_t)(found - p.text);
    return found != NULL;
}

static void pattern_add(const char *text, const char *end)
{
    struct pattern *pattern = &patterns[pattern_count];
    bool marked = false;
    uint32_t at;
    pattern->rooted = text < end && *text == '/';
    pattern->count = 0;
    while (pattern->count < 16) {
        struct piece p = next_piece(&text, end);
        if (p.length == 0)
            break;
        marked |= find_mark(p, &at);
        pattern->pieces[pattern->count++] = p;
    }
    if (marked)
        pattern_count++;
    else
        config_debug("a pattern of VLSHIM_VIDEO_PATHS has no {video}: ", config.video_paths);
}

void video_patterns_read(const char *list)
{
    while (*list && pattern_count < PATTERNS_MAX) {
        size_t n = strcspn(list, ":");
        if (n > 0)
            pattern_add(list, list + n);
        list += n + (list[n] == ':');
    }
}

/* Glob with `*` alone. */
static bool glob(const char *p, const char *p_end, const char *s, const char *s_end)
{
    const char *star = NULL, *retry = NULL;
    while (s < s_end) {
        if (p < p_end && *p == '*') {
            star = ++p;
            retry = s;
        } else if (p < p_end && *p == *s) {
            p++;
            s++;
        } else if (star) {
            p = star;
            s = ++retry;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '*')
        p++;
    return p == p_end;
}

/* A component against a piece of the pattern; name is set where {video} stands in it. */
static bool piece_matches(struct piece pattern, struct piece part, struct piece *name)
{
    uint32_t at;
    if (!find_mark(pattern, &at))
        return glob(pattern.text, pattern.text + pattern.length, part.text, part.text + part.length);
    uint32_t after = pattern.length - at - (uint32_t)strlen(MARK);
    if (part.length <= at + after || memcmp(part.text, pattern.text, at) != 0 ||
        memcmp(part.text + part.length - after, pattern.text + pattern.length - after, after) != 0)
        return false;
    *name = (struct piece){part.text + at, part.length - at - after};
    return !(name->length == strlen(VL_RUN_FOLDER) && memcmp(name->text, VL_RUN_FOLDER, name->length) == 0);
}

/* A path and its components. */
struct parts {
    const char *path;
    uint32_t count;
    struct part of[COMPONENTS_MAX];
};

static struct piece part_at(const struct parts *parts, uint32_t i)
{
    return (struct piece){parts->path + parts->of[i].at, parts->of[i].length};
}

static bool pattern_matches_at(const struct pattern *pattern, const struct parts *parts, uint32_t at,
                               struct piece *name)
{
    for (uint32_t i = 0; i < pattern->count; i++)
        if (!piece_matches(pattern->pieces[i], part_at(parts, at + i), name))
            return false;
    return true;
}

/* The last match in the path wins; last: the part that it ends with. */
static bool matches_in(const struct pattern *pattern, const struct parts *parts, struct piece *name,
                       uint32_t *last)
{
    if (pattern->count > parts->count)
        return false;
    for (uint32_t at = pattern->rooted ? 0 : parts->count - pattern->count;; at--) {
        *last = at + pattern->count - 1;
        if (pattern_matches_at(pattern, parts, at, name))
            return true;
        if (at == 0)
            return false;
    }
}

static void path_parts(const char *path, size_t length, struct parts *parts)
{
    const char *at = path, *end = path + length;
    parts->path = path;
    parts->count = 0;
    for (struct piece part; parts->count < COMPONENTS_MAX && (part = next_piece(&at, end)).length > 0;)
        parts->of[parts->count++] = (struct part){(uint16_t)(part.text - path), (uint16_t)part.length};
}

bool video_pattern_match(const char *path, size_t length, bool folder, struct video_match *out)
{
    struct parts parts;
    struct piece name = {"", 0};
    uint32_t last;
    if (length > UINT16_MAX)
        return false;
    path_parts(path, length, &parts);
    if (!folder && parts.count > 0)
        parts.count--; /* a file's own name is no folder */
    for (uint32_t i = 0; i < pattern_count; i++)
        if (matches_in(&patterns[i], &parts, &name, &last)) {
            const char *end = path + parts.of[last].at + parts.of[last].length;
            *out = (struct video_match){name.text, name.length, (size_t)(end - path), i};
            return true;
        }
    return false;
}
