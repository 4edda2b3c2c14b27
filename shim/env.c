/* The environment of children; see env.h. */
#include "env.h"

#include "apart.h"
#include "config.h"
#include "hook.h"
#include "memory.h"
#include "paths.h"
#include "spool.h"
#include "state.h"
#include "target.h"
#include "words.h"

#include <fcntl.h>
#include <link.h>

extern char **environ;

#define PRELOAD "LD_PRELOAD="
#define SPOOL   "VLSHIM_SPOOL="
#define OFF     "VLSHIM_OFF=1"

size_t env_count(char *const *environment)
{
    size_t n = 0;
    while (environment && environment[n])
        n++;
    return n;
}

/* ---- our path in LD_PRELOAD ---- */

const char *env_own_path(void)
{
    static const char *found; /* atomic: every thread finds the same */
    const char *path = __atomic_load_n(&found, __ATOMIC_RELAXED);
    if (path)
        return path;
    const char *name = hook_own_link_map()->l_name;
    struct path *absolute = name[0] == '/' ? NULL : memory_map(sizeof *absolute); /* once a process */
    path = absolute && path_make(absolute, AT_FDCWD, name) ? absolute->text : name;
    __atomic_store_n(&found, path, __ATOMIC_RELAXED);
    return path ? path : "";
}

static bool names_us(const char *entry, size_t length)
{
    static const char file[] = "libvlshim.so";
    size_t n = sizeof file - 1;
    return length >= n && memcmp(entry + length - n, file, n) == 0 &&
           (length == n || entry[length - n - 1] == '/');
}

/* Copies a list, our entry made absolute and added at the end if it is not there, or left out. */
static void put_preload(struct words *w, const char *list, bool leave_out)
{
    bool there = leave_out, first = true;
    words_text(w, PRELOAD);
    while (list && *list) {
        size_t n = strcspn(list, ": ");
        bool us = names_us(list, n);
        if (n > 0 && !(us && leave_out)) {
            if (!first)
                words_text(w, ":");
            words_put(w, us ? env_own_path() : list, us ? strlen(env_own_path()) : n);
            there |= us;
            first = false;
        }
        list += n + (list[n] != '\0');
    }
    if (!there) {
        if (!first)
            words_text(w, ":");
        words_text(w, env_own_path());
    }
}

/* ---- blocks ---- */

static bool is(const char *entry, const char *name) { return strncmp(entry, name, strlen(name)) == 0; }

static bool is_ours(const char *entry)
{
    return is(entry, PRELOAD) || is(entry, SPOOL) || is(entry, STATE_NAME);
}

const char *env_value(char *const *environment, const char *name)
{
    for (; environment && *environment; environment++)
        if (is(*environment, name))
            return *environment + strlen(name);
    return NULL;
}

static bool wants_off(char *const *environment)
{
    for (; environment && *environment; environment++)
        if (strcmp(*environment, OFF) == 0)
            return true;
    return false;
}

size_t env_text_bytes(char *const *environment, const struct video *video)
{
    const char *preload = env_value(environment, PRELOAD);
    return (preload ? strlen(preload) : 0) + 2 * strlen(env_own_path()) + strlen(spool_path()) +
           state_bytes(video) + 64;
}

/* The list for a child; NULL: it has none. */
static char *make_preload(struct words *w, char *const *environment, bool leave_out)
{
    char *preload = w->at;
    put_preload(w, env_value(environment, PRELOAD), leave_out);
    if (strcmp(preload, PRELOAD) == 0) {
        w->at = preload;
        return NULL;
    }
    w->at++;
    return preload;
}

static char *make_spool(struct words *w)
{
    char *entry = w->at;
    words_text(w, SPOOL);
    words_text(w, spool_path());
    w->at++;
    return entry;
}

static char *make_state(struct words *w, const struct env_words *words)
{
    char *entry = w->at;
    if (words->state)
        return (char *)words->state;
    state_put(w, words->who, words->call, words->video);
    return entry;
}

void env_build(char *const *environment, const struct env_words *words, char **out, char *text,
               size_t text_bytes)
{
    struct words w = {text, text + text_bytes};
    bool off = wants_off(environment);
    char *preload = off ? NULL : make_preload(&w, environment, words->leave_out);
    size_t n = 0;
    for (; environment && *environment; environment++) {
        if (off || !is_ours(*environment)) {
            out[n++] = *environment;
        } else if (preload && is(*environment, PRELOAD)) {
            out[n++] = preload; /* stays at its place */
            preload = NULL;
        }
    }
    if (preload)
        out[n++] = preload;
    if (!off) {
        out[n++] = make_spool(&w);
        out[n++] = make_state(&w, words);
    }
    out[n] = NULL;
}

/* ---- environ itself ---- */

/* The entries that environ was given, by video; written anew in a forked child. Threads that come at the same
 * time may make one twice. */
struct carried {
    uint32_t pid; /* of the process that it names; atomic */
    char entry[];
};
static struct carried *carried_by_none;          /* atomic: of most processes the only one */
static struct carried *carried[VIDEO_MAX] TABLE; /* atomic */

static struct carried **carried_at(uint32_t number)
{
    return number == VIDEO_NONE || number >= VIDEO_MAX ? &carried_by_none : &carried[number];
}

static const char *carried_entry(uint32_t number)
{
    const struct video *video = video_get(number);
    struct carried **place = carried_at(number);
    struct carried *c = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (c && __atomic_load_n(&c->pid, __ATOMIC_ACQUIRE) == self.process.pid)
        return c->entry;
    if (!c)
        c = memory_take(sizeof *c + state_bytes(video));
    if (!c)
        return NULL;
    struct words w = {c->entry, c->entry + state_bytes(video)};
    state_put(&w, &self.process, STATE_IN_ENVIRON, video);
    __atomic_store_n(&c->pid, self.process.pid, __ATOMIC_RELEASE);
    __atomic_store_n(place, c, __ATOMIC_RELEASE);
    return c->entry;
}

static char **slot_of(const char *name)
{
    for (char **slot = environ; slot && *slot; slot++)
        if (is(*slot, name))
            return slot;
    return NULL;
}

/* Whether environ has the shim by its absolute path, and the spool. */
static bool carries_us(void)
{
    const char *list = env_value(environ, PRELOAD), *spool = env_value(environ, SPOOL);
    if (!spool || strcmp(spool, spool_path()) != 0)
        return false;
    for (; list && *list; list += list[0] != '\0') {
        size_t n = strcspn(list, ": ");
        if (names_us(list, n) && list[0] == '/')
            return true;
        list += n;
    }
    return false;
}

/* What environ was before main, ours in it. A program that has made another one since, or put something else
 * in our place, owns it: nothing there is changed (it may free what it finds). */
static struct {
    char **block;
    char **slot;       /* of VLSHIM_STATE */
    const char *entry; /* what we put there last; atomic */
} adopted;

static bool still_ours(void)
{
    return adopted.slot && environ == adopted.block &&
           *adopted.slot == __atomic_load_n(&adopted.entry, __ATOMIC_RELAXED);
}

static void put_entry(const char *state)
{
    __atomic_store_n(&adopted.entry, state, __ATOMIC_RELAXED);
    __atomic_store_n(adopted.slot, (char *)state, __ATOMIC_RELAXED);
}

/* A block like environ, with our entries; *bytes to give it back, bytes NULL: to keep. */
static char **block_with(const char *state, uint32_t video, size_t *bytes, bool leave_out)
{
    size_t pointers = (env_count(environ) + ENV_EXTRA) * sizeof(char *),
           text = env_text_bytes(environ, video_get(video));
    char **block = bytes ? NULL : memory_take(pointers + text);
    if (bytes)
        *bytes = pointers + text;
    if (!block)
        block = memory_map(pointers + text);
    struct env_words words = {.state = state, .leave_out = leave_out};
    if (block)
        env_build(environ, &words, block, (char *)block + pointers, text);
    return block;
}

void env_adopt(uint32_t video)
{
    const char *state = wants_off(environ) ? NULL : carried_entry(video);
    if (state && !(slot_of(STATE_NAME) && carries_us())) {
        char **block = block_with(state, video, NULL, false);
        if (!block)
            return;
        environ = block;
    }
    adopted.block = environ;
    adopted.slot = state ? slot_of(STATE_NAME) : NULL;
    if (adopted.slot)
        put_entry(state);
}

struct env_loan env_lend(uint32_t video)
{
    struct env_loan loan = {0};
    const char *state = wants_off(environ) ? NULL : carried_entry(video);
    bool apart = state && !target_sees_us();
    if (state && still_ours())
        put_entry(state);
    if (state && (apart || !(still_ours() || carries_us())) && apart_is_alone()) {
        loan.lent = block_with(state, video, &loan.bytes, apart);
        loan.own = environ;
        if (loan.lent)
            environ = loan.lent;
    }
    return loan;
}

void env_take_back(const struct env_loan *loan)
{
    if (!loan->lent)
        return;
    if (environ == loan->lent)
        environ = loan->own;
    raw(SYS_munmap, loan->lent, loan->bytes);
}

/* The entry changes where it is: environ itself may be the program's own. */
void env_forked(void)
{
    if (__atomic_load_n(carried_at(video_default.number), __ATOMIC_RELAXED))
        carried_entry(video_default.number);
}
