/* Keys and who gets to know them. */
#include "seals.h"

#include "config.h"
#include "emit.h"
#include "fds.h"
#include "outputs.h"
#include "prompts.h"
#include "scratch.h"
#include "words.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define UNDER_MAX 8  /* pipes that a reader may pass text on to; with more it tells nothing */
#define FDS_SEEN  64 /* numbers of which it is looked at what they lead to: shells count down from 63 */
#define BLOCK     256u

uint8_t seals_secret[SEALS_SECRET_BYTES];
static bool no_secret;
static uint64_t used_text, used_keys; /* atomics: positions taken so far */

/* ---- keys ---- */

void seals_make_secret(void)
{
    no_secret = raw(SYS_getrandom, seals_secret, sizeof seals_secret, 1 /* GRND_NONBLOCK */) !=
                (long)sizeof seals_secret;
}

static uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Of this program in this process: a program that follows it counts its positions anew. */
static uint64_t writer_name(void)
{
    struct identity who = thread_identity();
    return mixed(who.start) ^ mixed(~(uint64_t)who.pid << 32 ^ self.image);
}

static void key_of(uint64_t pipe, uint32_t key[VL_SEAL_WORDS])
{
    uint32_t secret[VL_SEAL_WORDS];
    memcpy(secret, seals_secret, sizeof seals_secret);
    memcpy((uint8_t *)secret + sizeof seals_secret, seals_secret, sizeof seals_secret);
    vl_seal_key(secret, pipe, key);
}

bool seals_get(uint64_t pipe, struct seal *out)
{
    if (no_secret || !thread_get()) /* a fork that nobody announced is noticed here */
        return false;
    out->pipe = pipe;
    out->writer = writer_name();
    key_of(pipe, out->key);
    return true;
}

/* By blocks that end where no key goes on, if they can. */
static size_t block_length(const char *text, size_t n)
{
    if (n <= BLOCK)
        return n;
    for (size_t i = BLOCK; i > BLOCK - 64; i--)
        if (text[i - 1] == '\n' || text[i - 1] == ' ')
            return i;
    return BLOCK;
}

uint8_t *seals_put(uint8_t *out, const void *text, size_t n, const struct seal *seal)
{
    char block[BLOCK];
    struct vl_seal_head head = {seal->pipe, seal->writer,
                                __atomic_fetch_add(&used_text, n, __ATOMIC_RELAXED)};
    memcpy(out, &head, sizeof head);
    out += sizeof head;
    for (size_t i = 0; i < n;) {
        size_t part = block_length((const char *)text + i, n - i);
        redact_copy(block, part, (const char *)text + i, part);
        vl_seal_turn_over(seal->key, seal->writer, head.position + i, block, out + i, part);
        i += part;
    }
    return out + n;
}

const struct seal *seals_of_error(struct seal *room, bool *lost)
{
    uint64_t pipe;
    *lost = false;
    if (outputs_look(2, &pipe) != OUTPUT_SEALED)
        return NULL;
    *lost = !seals_get(pipe, room);
    return *lost ? NULL : room;
}

/* ---- telling ---- */

/* A descriptor of a process: 0 is this one. */
static bool look(pid_t pid, int fd, struct stat *st, bool *writes)
{
    char path[32];
    if (pid == 0) {
        long flags = raw(SYS_fcntl, fd, F_GETFL);
        *writes = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
        return flags >= 0 && raw(SYS_fstat, fd, st) == 0;
    }
    prompts_path_of(path, pid, fd);
    if (raw(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    *writes = st->st_mode & S_IWUSR;
    return raw(SYS_newfstatat, AT_FDCWD, path, st, 0) == 0;
}

/* What a key is told by, off the caller's stack. */
struct telling {
    struct stat st;
    uint64_t pipes[UNDER_MAX]; /* that the reader may pass text on to */
    unsigned count;            /* beyond UNDER_MAX: too many */
    struct seal seal, under;
    struct event_seal_open event;
    char list[UNDER_MAX * 17 + 1];
};

static void add(struct telling *t, uint64_t pipe, uint64_t but)
{
    if (pipe == 0 || pipe == but)
        return;
    for (unsigned i = 0; i < t->count && i < UNDER_MAX; i++)
        if (t->pipes[i] == pipe)
            return;
    if (t->count < UNDER_MAX)
        t->pipes[t->count] = pipe;
    t->count++;
}

/* What a process may pass on what it reads to: the pipes that it holds open for writing. A socket beyond
 * standard output and error is a service's. */
static __attribute__((noinline)) void add_outputs(struct telling *t, pid_t pid, uint64_t but)
{
    struct stat *st = &t->st;
    bool writes;
    for (int fd = 1; fd < FDS_SEEN; fd++)
        if (look(pid, fd, st, &writes) && writes &&
            (S_ISFIFO(st->st_mode) || (S_ISSOCK(st->st_mode) && fd < 3)))
            add(t, outputs_pipe(fd, st), but);
}

static __attribute__((noinline)) void cover(struct telling *t, uint64_t position)
{
    vl_seal_turn_over(t->under.key, t->seal.writer, position, t->seal.key, t->seal.key, sizeof t->seal.key);
}

static __attribute__((noinline)) bool make_event(struct telling *t, uint64_t pipe)
{
    struct words w = {t->list, t->list + sizeof t->list};
    uint64_t key[VL_SEAL_WORDS / 2],
        position = VL_SEAL_KEYS + __atomic_fetch_add(&used_keys, 64, __ATOMIC_RELAXED);
    if (t->count > UNDER_MAX || !seals_get(pipe, &t->seal))
        return false;
    t->list[0] = '\0';
    for (unsigned i = 0; i < t->count; i++) {
        words_hex(&w, t->pipes[i]);
        seals_get(t->pipes[i], &t->under);
        cover(t, position);
    }
    memcpy(key, t->seal.key, sizeof key);
    t->event = (struct event_seal_open){pipe,   t->seal.writer, position, key[0],
                                        key[1], key[2],         key[3],   span_of(t->list)};
    return true;
}

/* What a process reads: the name of the pipe; a socket is named by the end that is written to. */
static uint64_t source(int fd, struct stat *st)
{
    if (S_ISSOCK(st->st_mode))
        st->st_ino = (ino_t)prompts_other_end((uint64_t)st->st_ino);
    return st->st_ino ? outputs_pipe(fd, st) : 0;
}

static __attribute__((noinline)) bool find_read(struct telling *t, int fd, bool made)
{
    t->count = 0;
    if (raw(SYS_fstat, fd, &t->st) != 0 || prompts_leads(&t->st))
        return false;
    uint64_t pipe = source(fd, &t->st);
    if (pipe == 0 || pipe == outputs_outer.shut)
        return false;
    if (!made)
        add_outputs(t, 0, pipe);
    return make_event(t, pipe);
}

void seals_read(int fd, const struct fd_entry *e)
{
    bool made = fds_made_here(e); /* and what it captures is nobody's standard input */
    if (self.by_code || (self.calls_claude && !made) || config.lines == LINES_NONE)
        return;
    SCRATCH(struct telling, t);
    if (t && find_read(t, fd, made))
        emit_seal_open(VIDEO_CURRENT, clock_instant(), &t->event, THIS_FRAME);
}

static __attribute__((noinline)) bool find_handed(struct telling *t, pid_t child)
{
    bool writes;
    t->count = 0;
    if (!look(child, 0, &t->st, &writes) || !S_ISFIFO(t->st.st_mode) || prompts_leads(&t->st))
        return false;
    uint64_t pipe = outputs_pipe(0, &t->st);
    if (pipe == 0 || pipe == outputs_outer.shut)
        return false;
    add_outputs(t, child, pipe);
    return make_event(t, pipe);
}

void seals_hand_over(pid_t child)
{
    if (config.lines == LINES_NONE)
        return;
    SCRATCH(struct telling, t);
    if (t && find_handed(t, child))
        emit_seal_open(VIDEO_CURRENT, clock_instant(), &t->event, THIS_FRAME);
}

void seals_shut(pid_t child)
{
    SCRATCH(struct stat, st);
    bool writes;
    if (!st || !look(child, 0, st, &writes))
        return;
    uint64_t pipe = child == 0 ? source(0, st) : S_ISFIFO(st->st_mode) ? outputs_pipe(0, st) : 0;
    if (pipe)
        EMIT(seal_shut, VIDEO_CURRENT, clock_instant(), pipe);
}
