/* The environment of children; see env.h. */
#include "env.h"

#include "config.h"
#include "hook.h"
#include "memory.h"
#include "paths.h"
#include "shim.h"
#include "spool.h"

#include <fcntl.h>
#include <link.h>
#include <string.h>

extern char **environ;

#define PRELOAD "LD_PRELOAD="
#define SPOOL   "VLSHIM_SPOOL="
#define STATE   "VLSHIM_STATE="
#define OFF     "VLSHIM_OFF=1"

size_t env_count(char *const *environment)
{
    size_t n = 0;
    while (environment && environment[n])
        n++;
    return n;
}

/* ---- text ---- */

struct writer_at {
    char *at, *end;
};

static void put_bytes(struct writer_at *w, const char *s, size_t n)
{
    if ((size_t)(w->end - w->at) <= n)
        n = 0;
    memcpy(w->at, s, n);
    w->at += n;
    *w->at = '\0';
}

static void put_text(struct writer_at *w, const char *s) { put_bytes(w, s, strlen(s)); }

static void put_hex(struct writer_at *w, uint64_t v)
{
    char digits[16];
    size_t n = sizeof digits;
    do
        digits[--n] = "0123456789abcdef"[v & 15];
    while ((v >>= 4) > 0);
    put_bytes(w, digits + n, sizeof digits - n);
    put_text(w, ",");
}

static bool take_hex(const char **p, uint64_t *v)
{
    const char *start = *p;
    for (*v = 0; **p && **p != ','; (*p)++) {
        char c = **p;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0 || *p - start >= 16)
            return false;
        *v = *v << 4 | (uint64_t)digit;
    }
    if (**p != ',' || *p == start)
        return false;
    (*p)++;
    return true;
}

/* ---- our path in LD_PRELOAD ---- */

const char *env_own_path(void)
{
    static const char *found; /* atomic: every thread finds the same */
    const char *path = __atomic_load_n(&found, __ATOMIC_RELAXED);
    if (path)
        return path;
    struct path absolute;
    const char *name = hook_own_link_map()->l_name;
    if (name[0] == '/' || !path_make(&absolute, AT_FDCWD, name))
        path = name;
    else
        path = memory_text(absolute.text, absolute.length);
    __atomic_store_n(&found, path, __ATOMIC_RELAXED);
    return path ? path : "";
}

static bool names_us(const char *entry, size_t length)
{
    static const char file[] = "libvlshim.so";
    size_t n = sizeof file - 1;
    return length >= n && memcmp(entry + length - n, file, n) == 0 && (length == n || entry[length - n - 1] == '/');
}

/* Copies a list, our entry made absolute; added at the end if it is not there. */
static void put_preload(struct writer_at *w, const char *list)
{
    bool there = false, first = true;
    put_text(w, PRELOAD);
    while (list && *list) {
        size_t n = strcspn(list, ": ");
        if (n > 0) {
            if (!first)
                put_text(w, ":");
            bool us = names_us(list, n);
            put_bytes(w, us ? env_own_path() : list, us ? strlen(env_own_path()) : n);
            there |= us;
            first = false;
        }
        list += n + (list[n] != '\0');
    }
    if (!there) {
        if (!first)
            put_text(w, ":");
        put_text(w, env_own_path());
    }
}

/* ---- VLSHIM_STATE ---- */

static void put_state(struct writer_at *w, const struct identity *who, const struct video *video)
{
    put_text(w, STATE "1,");
    put_hex(w, who->pid);
    put_hex(w, who->start);
    put_hex(w, who->ppid);
    put_hex(w, who->parent_start);
    put_hex(w, self.image);
    for (int i = 0; i < 16; i += 8) {
        uint64_t half = 0;
        for (int k = 0; k < 8; k++)
            half = half << 8 | self.boot_id[i + k];
        put_hex(w, half);
    }
    put_text(w, self.host);
    put_text(w, ",");
    put_hex(w, (uint64_t)shim.tsc | (uint64_t)shim.crc << 1);
    put_hex(w, (uint64_t)(int64_t)self.utc_offset);
    put_hex(w, (uint64_t)self.utc_until);
    put_hex(w, video->pattern);
    put_hex(w, strlen(video->name));
    put_text(w, video->name);
    put_text(w, video->folder);
}

struct state {
    uint64_t pid, start, ppid, parent_start, image, boot[2], flags, utc_offset, utc_until, pattern, name_length;
};

static bool take_host(const char **p)
{
    size_t n = strlen(self.host);
    if (strncmp(*p, self.host, n) != 0 || (*p)[n] != ',')
        return false;
    *p += n + 1;
    return true;
}

static bool parse_state(const char *p, struct state *s, const char **video)
{
    if (strncmp(p, "1,", 2) != 0)
        return false;
    p += 2;
    if (!(take_hex(&p, &s->pid) && take_hex(&p, &s->start) && take_hex(&p, &s->ppid) &&
          take_hex(&p, &s->parent_start) && take_hex(&p, &s->image) && take_hex(&p, &s->boot[0]) &&
          take_hex(&p, &s->boot[1]) && take_host(&p) && take_hex(&p, &s->flags) && take_hex(&p, &s->utc_offset) &&
          take_hex(&p, &s->utc_until) && take_hex(&p, &s->pattern) && take_hex(&p, &s->name_length)))
        return false;
    *video = p;
    return s->name_length <= strlen(p);
}

static void adopt_identity(const struct state *s)
{
    if (s->pid == self.process.pid) { /* this process before its exec */
        self.process.start = s->start;
        self.process.parent_start = s->ppid == self.process.ppid ? s->parent_start : 0;
        self.image = (uint32_t)s->image + 1;
    } else if (s->pid == self.process.ppid) {
        self.process.parent_start = s->start;
    }
}

bool env_read_state(const char *state)
{
    struct state s;
    const char *video;
    if (!parse_state(state, &s, &video))
        return false;
    for (int i = 0; i < 16; i++)
        self.boot_id[i] = (uint8_t)(s.boot[i / 8] >> (56 - 8 * (i % 8)));
    shim.tsc = s.flags & 1;
    shim.crc = s.flags & 2;
    self.utc_offset = (int32_t)(int64_t)s.utc_offset;
    self.utc_until = (int64_t)s.utc_until;
    adopt_identity(&s);
    const char *folder = video + s.name_length;
    video_default.number =
        video_enter(video, s.name_length, folder, strlen(folder), (uint32_t)s.pattern);
    return true;
}

/* ---- blocks ---- */

static bool is_ours(const char *entry)
{
    return strncmp(entry, PRELOAD, strlen(PRELOAD)) == 0 || strncmp(entry, SPOOL, strlen(SPOOL)) == 0 ||
           strncmp(entry, STATE, strlen(STATE)) == 0;
}

static const char *value_of(char *const *environment, const char *name)
{
    size_t n = strlen(name);
    for (; environment && *environment; environment++)
        if (strncmp(*environment, name, n) == 0)
            return *environment + n;
    return NULL;
}

static bool wants_off(char *const *environment)
{
    for (; environment && *environment; environment++)
        if (strcmp(*environment, OFF) == 0)
            return true;
    return false;
}

/* What the fixed parts of VLSHIM_STATE take at the most, with the names of the variables. */
#define STATE_BYTES 512

size_t env_text_bytes(char *const *environment, const struct video *video)
{
    const char *preload = value_of(environment, PRELOAD);
    return (preload ? strlen(preload) : 0) + 2 * strlen(env_own_path()) + strlen(spool_path()) +
           strlen(video->name) + strlen(video->folder) + STATE_BYTES;
}

void env_build(char *const *environment, const struct identity *who, const struct video *video, char **out, char *text,
               size_t text_bytes)
{
    struct writer_at w = {text, text + text_bytes};
    bool off = wants_off(environment);
    char *preload = NULL;
    size_t n = 0;
    if (!off) {
        preload = w.at;
        put_preload(&w, value_of(environment, PRELOAD));
        w.at++;
    }
    for (; environment && *environment; environment++) {
        if (off || !is_ours(*environment)) {
            out[n++] = *environment;
        } else if (preload && strncmp(*environment, PRELOAD, strlen(PRELOAD)) == 0) {
            out[n++] = preload; /* stays at its place */
            preload = NULL;
        }
    }
    if (preload)
        out[n++] = preload;
    if (!off) {
        out[n++] = w.at;
        put_text(&w, SPOOL);
        put_text(&w, spool_path());
        w.at++;
        out[n++] = w.at;
        put_state(&w, who, video);
    }
    out[n] = NULL;
}

void env_adopt(void)
{
    const struct video *video = video_get(video_default.number);
    size_t pointers = env_count(environ) + 5, text = env_text_bytes(environ, video);
    char **block = memory_map(pointers * sizeof *block + text);
    if (!block)
        return;
    env_build(environ, &self.process, video, block, (char *)(block + pointers), text);
    environ = block;
}
