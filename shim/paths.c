/* Making paths absolute; the working directory is kept in a copy guarded by a sequence number. */
#include "paths.h"

#include "fds.h"
#include "raw.h"
#include "sequence.h"
#include "threads.h"
#include "user_memory.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

/* A copy is of the working directory as long as no change came after it. Atomic. */
static struct {
    uint32_t changes;  /* how often it changed */
    uint32_t sequence; /* sequence.h: guards the rest */
    uint32_t copied;   /* changes before the copy was made; plus one: 0 is no copy */
    uint32_t length;
} cwd;
static char cwd_short[256] __attribute__((aligned(8))); /* most of them */
static char cwd_long[PATH_BYTES] TABLE __attribute__((aligned(8)));

static char *cwd_text(size_t length) { return length < sizeof cwd_short ? cwd_short : cwd_long; }

static bool cwd_ask(struct path *out)
{
    long n = raw(SYS_getcwd, out->text, sizeof out->text);
    if (n <= 1 || out->text[0] != '/') /* "(unreachable)..." */
        return false;
    out->length = (size_t)n - 1;
    return true;
}

/* Only one writer at a time; who comes second goes without keeping. changes: before the kernel was asked. */
static void cwd_keep(const struct path *p, uint32_t changes)
{
    if (!sequence_take(&cwd.sequence))
        return;
    __atomic_store_n(&cwd.copied, changes + 1, __ATOMIC_RELEASE);
    __atomic_store_n(&cwd.length, (uint32_t)p->length, __ATOMIC_RELEASE);
    sequence_store(cwd_text(p->length), p->text, p->length + 1);
    sequence_give(&cwd.sequence);
}

static bool cwd_recall(struct path *out, uint32_t changes)
{
    uint32_t seen;
    if (!sequence_look(&cwd.sequence, &seen) || __atomic_load_n(&cwd.copied, __ATOMIC_ACQUIRE) != changes + 1)
        return false;
    out->length = __atomic_load_n(&cwd.length, __ATOMIC_ACQUIRE);
    if (out->length == 0 || out->length >= PATH_BYTES)
        return false;
    sequence_load(out->text, cwd_text(out->length), out->length + 1);
    return sequence_held(&cwd.sequence, seen);
}

bool path_cwd(struct path *out)
{
    if (thread_is_vfork_child()) /* its working directory is its own, the memory is the parent's */
        return cwd_ask(out);
    uint32_t changes = __atomic_load_n(&cwd.changes, __ATOMIC_ACQUIRE);
    if (cwd_recall(out, changes))
        return true;
    if (!cwd_ask(out))
        return false;
    cwd_keep(out, changes);
    return true;
}

bool path_cwd_holds(const char *text)
{
    SCRATCH(struct path, here);
    return here && path_cwd(here) && strstr(here->text, text);
}

void path_cwd_changed(void)
{
    if (thread_is_vfork_child())
        return;
    __atomic_add_fetch(&cwd.changes, 1, __ATOMIC_ACQ_REL);
    SCRATCH(struct path, now);
    if (now)
        path_cwd(now);
}

/* Backwards or nowhere. */
static void move_back(char *to, const char *from, size_t n)
{
    for (; to != from && n > 0; n--, to++, from++) {
        *to = *from;
        compiler_barrier();
    }
}

/* The components of a text that stands behind the first n bytes of out and room for a slash are moved to
 * their places. *left: what is not complete, which stays where it is. Returns what n is then. */
static size_t take_components(struct path *out, size_t n, bool complete, const char **left)
{
    const char *name = out->text + n + 1;
    while (*name) {
        size_t part = strcspn(name, "/");
        if (name[part] == '\0' && !complete)
            break;
        if (part == 2 && name[0] == '.' && name[1] == '.') {
            while (n > 0 && out->text[--n] != '/') {
            }
        } else if (part > 0 && !(part == 1 && name[0] == '.')) {
            out->text[n] = '/';
            move_back(out->text + n + 1, name, part);
            n += 1 + part;
        }
        name += part + (name[part] == '/');
    }
    *left = name;
    return n;
}

#define WHOLE SIZE_MAX /* up to its NUL */

/* Appends the components of name to out, which is absolute and normalised. The name is the program's and may
 * be gone: it is copied to where it is to stand, as much at a time as there is room for. */
static bool append(struct path *out, const char *name, size_t length)
{
    size_t n = out->length == 1 ? 0 : out->length; /* "/" counts as empty here */
    for (bool complete = false; !complete;) {
        char *begin = out->text + n + 1;
        const char *left;
        size_t room = PATH_BYTES - 1 - n, got = room > 0 ? user_text(begin, name, room) : USER_NONE;
        if (got == USER_NONE)
            return false;
        got = got < length ? got : length;
        complete = got < room;
        begin[complete ? got : room - 1] = '\0';
        n = take_components(out, n, complete, &left);
        if (!complete && left == begin) /* one that is too long */
            return false;
        name += left - begin;
        length -= (size_t)(left - begin);
    }
    if (n == 0)
        out->text[n++] = '/';
    out->text[n] = '\0';
    out->length = n;
    return true;
}

bool path_join(struct path *out, const char *base, size_t base_length, const char *name)
{
    if (base_length >= PATH_BYTES)
        return false;
    memcpy(out->text, base, base_length);
    out->text[base_length] = '\0';
    out->length = base_length;
    return append(out, name, WHOLE);
}

bool path_of_descriptor(struct path *out, int fd)
{
    char link[32] = "/proc/self/fd/";
    char digits[12];
    size_t n = 0, at = 14;
    unsigned v = (unsigned)fd;
    do
        digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    while (n > 0)
        link[at++] = digits[--n];
    link[at] = '\0';
    long got = raw(SYS_readlinkat, AT_FDCWD, link, out->text, PATH_BYTES - 1);
    if (got <= 0)
        return false;
    out->text[got] = '\0';
    out->length = (size_t)got;
    return true;
}

static bool directory_path(struct path *out, int directory)
{
    if (directory == AT_FDCWD)
        return path_cwd(out);
    return (fds_name(directory, out) || path_of_descriptor(out, directory)) && out->text[0] == '/';
}

bool path_make(struct path *out, int directory, const char *name)
{
    return path_make_part(out, directory, name ? name : "", WHOLE);
}

bool path_make_part(struct path *out, int directory, const char *name, size_t length)
{
    char first = '\0';
    if (length > 0 && user_text(&first, name, 1) == USER_NONE)
        return false;
    if (length > 0 && first == '/') {
        out->length = 1;
        out->text[0] = '/';
    } else if (!directory_path(out, directory)) {
        return false;
    }
    return append(out, name, length);
}

bool path_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/')
        n--;
    return n > 0 && strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/' || n == 1);
}
