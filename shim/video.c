/* The table of videos, and which of them paths, names and commands mean. */
#include "video.h"

#include "args.h"
#include "config.h"
#include "memory.h"
#include "paths.h"
#include "raw.h"
#include "scratch.h"
#include "video_patterns.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const struct video no_video = {"", "", 0, 0, (char *)VL_RUN_FOLDER};
static struct video *videos[VIDEO_MAX] TABLE; /* atomic pointers; [0] is never used */
static uint32_t video_count = 1;              /* atomic: entries below may still be NULL */

struct video_default video_default;

/* ---- the table ---- */

static uint32_t hash_bytes(uint32_t h, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 16777619u; /* FNV-1a */
    return h;
}

static uint32_t hash_video(const char *name, size_t n, const char *folder, size_t f)
{
    return hash_bytes(hash_bytes(2166136261u, name, n), folder, f);
}

static char *directory_name(const char *name, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";
    char out[VL_VIDEO_NAME_MAX + 1];
    size_t at = 0;
    for (size_t i = 0; i < n && at + 3 <= VL_VIDEO_NAME_MAX; i++) {
        uint8_t c = (uint8_t)name[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                     c == '-' || (c == '.' && n > 1 && !(n == 2 && name[0] == '.' && name[1] == '.'));
        if (plain) {
            out[at++] = (char)c;
        } else {
            out[at++] = '%';
            out[at++] = hex[c >> 4];
            out[at++] = hex[c & 15];
        }
    }
    return memory_text(out, at);
}

const struct video *video_get(uint32_t number)
{
    const struct video *v =
        number > 0 && number < VIDEO_MAX ? __atomic_load_n(&videos[number], __ATOMIC_ACQUIRE) : NULL;
    return v ? v : &no_video;
}

static bool same(const struct video *v, uint32_t hash, const char *name, size_t n, const char *folder,
                 size_t f)
{
    return v->hash == hash && strlen(v->name) == n && memcmp(v->name, name, n) == 0 &&
           strlen(v->folder) == f && memcmp(v->folder, folder, f) == 0;
}

static uint32_t video_known(const char *name, size_t n, const char *folder, size_t f)
{
    uint32_t hash = hash_video(name, n, folder, f);
    uint32_t count = __atomic_load_n(&video_count, __ATOMIC_ACQUIRE);
    for (uint32_t i = 1; i < count && i < VIDEO_MAX; i++) {
        const struct video *v = video_get(i);
        if (v != &no_video && same(v, hash, name, n, folder, f))
            return i;
    }
    return VIDEO_NONE;
}

uint32_t video_enter(const char *name, size_t n, const char *folder, size_t f, uint32_t pattern)
{
    uint32_t known = video_known(name, n, folder, f);
    if (known != VIDEO_NONE)
        return known;
    if (n == 0 || __atomic_load_n(&video_count, __ATOMIC_RELAXED) >= VIDEO_MAX)
        return VIDEO_NONE;
    struct video *v = memory_take(sizeof *v);
    if (!v)
        return VIDEO_NONE;
    *v = (struct video){memory_text(name, n), memory_text(folder, f), pattern, hash_video(name, n, folder, f),
                        directory_name(name, n)};
    if (!v->name || !v->folder || !v->directory)
        return VIDEO_NONE;
    /* Two threads may enter the same video twice: two numbers, one folder, nothing lost. */
    uint32_t number = __atomic_fetch_add(&video_count, 1, __ATOMIC_ACQ_REL);
    if (number >= VIDEO_MAX)
        return VIDEO_NONE;
    __atomic_store_n(&videos[number], v, __ATOMIC_RELEASE); /* pairs with video_get */
    return number;
}

/* ---- paths and names ---- */

static bool is_folder(const char *path)
{
    struct stat st;
    return raw(SYS_newfstatat, AT_FDCWD, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static bool given_otherwise(const struct video_match *m)
{
    return config.video &&
           !(strlen(config.video) == m->name_length && memcmp(config.video, m->name, m->name_length) == 0);
}

uint32_t video_of_path(const char *path, size_t length, bool folder)
{
    struct video_match m;
    if (!video_pattern_match(path, length, folder, &m) || given_otherwise(&m))
        return VIDEO_NONE;
    return video_enter(m.name, m.name_length, path, m.folder_length, m.pattern);
}

uint32_t video_of_missing(const char *path, size_t length, bool folder)
{
    struct video_match m;
    if (!video_pattern_match(path, length, folder, &m) || m.folder_length >= PATH_BYTES)
        return VIDEO_NONE;
    SCRATCH(struct path, above);
    if (!above)
        return VIDEO_NONE;
    memcpy(above->text, path, m.folder_length);
    above->text[m.folder_length] = '\0';
    return video_known(m.name, m.name_length, path, m.folder_length) != VIDEO_NONE || is_folder(above->text)
               ? video_of_path(path, length, folder)
               : VIDEO_NONE;
}

static bool is_name(const char *name, size_t n)
{
    return n > 0 && !(n == 1 && name[0] == '.') && !(n == 2 && memcmp(name, "..", 2) == 0) &&
           !(n == strlen(VL_RUN_FOLDER) && memcmp(name, VL_RUN_FOLDER, n) == 0);
}

/* Of the videos met that are called so the one whose folder is known by the first pattern. */
static uint32_t find_name(const char *name, size_t n)
{
    uint32_t count = __atomic_load_n(&video_count, __ATOMIC_ACQUIRE), best = VIDEO_NONE;
    for (uint32_t i = 1; i < count && i < VIDEO_MAX; i++) {
        const struct video *v = video_get(i);
        if (strlen(v->name) != n || memcmp(v->name, name, n) != 0)
            continue;
        bool better = best == VIDEO_NONE || (video_get(best)->folder[0] == '\0' && v->folder[0] != '\0') ||
                      (v->folder[0] != '\0' && v->pattern < video_get(best)->pattern);
        best = better ? i : best;
    }
    return best;
}

static uint32_t video_of_folder(const char *text)
{
    SCRATCH(struct path, path);
    return path && path_make(path, AT_FDCWD, text) ? video_of_path(path->text, path->length, true)
                                                   : VIDEO_NONE;
}

uint32_t video_named(const char *text)
{
    size_t n = strlen(text);
    while (n > 1 && text[n - 1] == '/')
        n--;
    const char *slash = memrchr(text, '/', n);
    uint32_t video = slash ? video_of_folder(text) : VIDEO_NONE;
    if (video != VIDEO_NONE)
        return video;
    const char *name = slash ? slash + 1 : text;
    n -= (size_t)(name - text);
    if (!is_name(name, n))
        return VIDEO_NONE;
    uint32_t known = find_name(name, n);
    return known != VIDEO_NONE ? known : video_enter(name, n, "", 0, 0);
}

/* ---- argv ---- */

/* What a path is made of where it needs no look at the disk to be believed. */
static bool is_plain_path(const char *word, size_t n)
{
    if (n == 0 || word[0] != '/')
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = word[i];
        if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80) ||
              strchr("/._-+~%@#", c)))
            return false;
    }
    return true;
}

/* Of other words only what lies in a folder that is there, or was met before: text that holds a path is none.
 */
static uint32_t video_of_part(const char *word, size_t length)
{
    if (length == 0 || !memchr(word, '/', length))
        return VIDEO_NONE;
    SCRATCH(struct path, path);
    if (!path || !path_make_part(path, AT_FDCWD, word, length))
        return VIDEO_NONE;
    uint32_t video = is_plain_path(word, length) ? video_of_path(path->text, path->length, false)
                                                 : video_of_missing(path->text, path->length, false);
    if (video != VIDEO_NONE)
        return video;
    /* The word may be the video's folder itself: only worth a system call if it looks like one. */
    video = video_of_missing(path->text, path->length, true);
    return video != VIDEO_NONE && is_folder(path->text) ? video : VIDEO_NONE;
}

/* "host:port" and "http://..." are no paths of this machine; "file:///a" is. */
static uint32_t video_of_sides(const char *word)
{
    const char *colon = strchr(word, ':');
    if (!colon)
        return VIDEO_NONE;
    bool url = strncmp(colon, "://", 3) == 0;
    if (url)
        return strncmp(word, "file:", 5) == 0 ? video_of_part(colon + 3, strlen(colon + 3)) : VIDEO_NONE;
    uint32_t video = video_of_part(word, (size_t)(colon - word));
    return video != VIDEO_NONE ? video : video_of_part(colon + 1, strcspn(colon + 1, ":"));
}

static bool is_name_of_value(const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!((word[i] >= '0' && word[i] <= '9') || ((word[i] | 32) >= 'a' && (word[i] | 32) <= 'z') ||
              strchr("_-.", word[i])))
            return false;
    return n > 0;
}

static uint32_t video_of_word(const char *word)
{
    const char *equals = strchr(word, '=');
    if (equals && is_name_of_value(word, (size_t)(equals - word)))
        word = equals + 1;
    uint32_t video = video_of_part(word, strlen(word));
    return video != VIDEO_NONE ? video : video_of_sides(word);
}

/* Both patterns' folders of one video are one name: what counts is that no second name is there. */
static bool other_name(uint32_t a, uint32_t b)
{
    return a != VIDEO_NONE && b != VIDEO_NONE && strcmp(video_get(a)->name, video_get(b)->name) != 0;
}

uint32_t video_of_command(const struct command *c)
{
    char *const *argv = c->words;
    uint32_t found = VIDEO_NONE;
    for (size_t i = 1; argv && argv[0] && argv[i] && i < 4096; i++) {
        if (!strchr(argv[i], '/') || !args_word_is_open(c, i))
            continue;
        uint32_t video = video_of_word(argv[i]);
        if (other_name(found, video))
            return VIDEO_NONE;
        if (found == VIDEO_NONE || video_get(video)->pattern < video_get(found)->pattern)
            found = video != VIDEO_NONE ? video : found;
    }
    return found;
}

void video_init(const char *program, char *const *argv)
{
    video_patterns_read(config.video_paths);
    if (config.video) {
        video_default.number = video_enter(config.video, strlen(config.video), "", 0, 0);
        video_default.fixed = true;
        return;
    }
    struct command command = command_of(program, argv);
    uint32_t named = video_of_command(&command);
    if (named != VIDEO_NONE)
        video_default = (struct video_default){named, true};
}
