/* Keys and who gets to know them. */
#include "seals.h"

#include "config.h"
#include "emit.h"
#include "fds.h"
#include "outputs.h"
#include "prompts.h"
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
    for (size_t i = BLOCK; i > BLOCK / 2; i--)
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

struct under {
    uint64_t pipes[UNDER_MAX];
    unsigned count; /* beyond UNDER_MAX: too many */
};

static void add(struct under *u, uint64_t pipe, uint64_t but)
{
    if (pipe == 0 || pipe == but)
        return;
    for (unsigned i = 0; i < u->count && i < UNDER_MAX; i++)
        if (u->pipes[i] == pipe)
            return;
    if (u->count < UNDER_MAX)
        u->pipes[u->count] = pipe;
    u->count++;
}

/* What a process may pass on what it reads to: the pipes that it holds open for writing. A socket beyond
 * standard output and error is a service's. */
static void add_outputs(struct under *u, pid_t pid, uint64_t but)
{
    struct stat st;
    bool writes;
    for (int fd = 1; fd < FDS_SEEN; fd++)
        if (look(pid, fd, &st, &writes) && writes &&
            (S_ISFIFO(st.st_mode) || (S_ISSOCK(st.st_mode) && fd < 3)))
            add(u, outputs_pipe(fd, &st), but);
}

static void tell(uint64_t pipe, const struct under *u)
{
    char list[UNDER_MAX * 17 + 1];
    struct words w = {list, list + sizeof list};
    struct seal seal, under;
    uint64_t k[VL_SEAL_WORDS / 2],
        position = VL_SEAL_KEYS + __atomic_fetch_add(&used_keys, 64, __ATOMIC_RELAXED);
    if (u->count > UNDER_MAX || !seals_get(pipe, &seal))
        return;
    list[0] = '\0';
    for (unsigned i = 0; i < u->count; i++) {
        words_hex(&w, u->pipes[i]);
        seals_get(u->pipes[i], &under);
        vl_seal_turn_over(under.key, seal.writer, position, seal.key, seal.key, sizeof seal.key);
    }
    memcpy(k, seal.key, sizeof k);
    EMIT(seal_open, VIDEO_CURRENT, clock_instant(), pipe, seal.writer, position, k[0], k[1], k[2], k[3],
         span_of(list));
}

/* What a process reads: the name of the pipe; a socket is named by the end that is written to. */
static uint64_t source(int fd, const struct stat *st)
{
    if (!S_ISSOCK(st->st_mode))
        return outputs_pipe(fd, st);
    struct stat other = *st;
    other.st_ino = (ino_t)prompts_other_end((uint64_t)st->st_ino);
    return other.st_ino ? outputs_pipe(fd, &other) : 0;
}

void seals_read(int fd, const struct fd_entry *e)
{
    struct stat st;
    struct under u = {.count = 0};
    bool made = fds_made_here(e);
    if (self.claude || self.by_code || (self.calls_claude && !made) || config.lines == LINES_NONE ||
        raw(SYS_fstat, fd, &st) != 0)
        return;
    uint64_t pipe = source(fd, &st);
    if (pipe == 0 || prompts_leads(&st))
        return;
    if (!made)
        add_outputs(&u, 0, pipe);
    tell(pipe, &u);
}

void seals_hand_over(pid_t child)
{
    struct stat st;
    struct under u = {.count = 0};
    bool writes;
    if (config.lines == LINES_NONE || !look(child, 0, &st, &writes) || !S_ISFIFO(st.st_mode) ||
        prompts_leads(&st))
        return;
    uint64_t pipe = outputs_pipe(0, &st);
    if (pipe == 0)
        return;
    add_outputs(&u, child, pipe);
    tell(pipe, &u);
}

void seals_shut(pid_t child)
{
    struct stat st;
    bool writes;
    if (!look(child, 0, &st, &writes))
        return;
    uint64_t pipe = child == 0 ? source(0, &st) : S_ISFIFO(st.st_mode) ? outputs_pipe(0, &st) : 0;
    if (pipe)
        EMIT(seal_shut, VIDEO_CURRENT, clock_instant(), pipe);
}
