/* Folders, files and chunks of the spool. */
#include "spool.h"

#include "apart.h"
#include "chunk.h"
#include "config.h"
#include "memory.h"
#include "paths.h"
#include "rotate.h"
#include "scratch.h"
#include "self.h"
#include "shim.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define OPEN_FLAGS   (O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define APPEND_PARTS 34 /* pages of the largest chunk that is claimed, and padding */
#define APPENDS_MAX  4  /* one that comes out short or misaligned is followed by one that pads */
#define CLAIMED_MAX  ((int64_t)1 << 50) /* no file system of today holds more */

struct file_path {
    char text[PATH_BYTES + VL_VIDEO_NAME_MAX + 160];
};

static struct {
    const char *text; /* absolute; empty: none */
    size_t length;
    uint64_t id; /* vl_spool_id of the folder that was looked at; atomic */
    bool good;   /* this process, or who it is a fork of, may write there; atomic */
} spool = {"", 0, 0, false};

#define REASONS 64

/* Counted before the control page could be mapped; moved there with it. Atomic. */
static uint64_t waiting_drops[REASONS];
static struct vl_control *control; /* atomic; the same page in every process of this host */
static bool foreign;               /* atomic: the spool's files are not what this version writes */

const char *spool_path(void) { return spool.text; }

bool spool_init(void)
{
    struct path here = {.length = 1, .text = "/"};
    struct path made;
    const char *named = config.spool ? config.spool : "spool";
    if (named[0] != '/' && !path_cwd(&here))
        return false;
    if (!path_join(&made, here.text, here.length, named) || made.length <= 1)
        return false;
    const char *kept = memory_text(made.text, made.length);
    if (kept) {
        spool.text = kept;
        spool.length = made.length;
    }
    return kept;
}

/* ---- counting ---- */

static void control_count(struct vl_control *page, unsigned reason, uint64_t n)
{
    __atomic_fetch_add(&page->dropped[reason & 63], n, __ATOMIC_RELAXED);
}

void spool_dropped(enum vl_reason reason)
{
    struct vl_control *page = __atomic_load_n(&control, __ATOMIC_ACQUIRE);
    if (page)
        control_count(page, reason, 1);
    else
        __atomic_fetch_add(&waiting_drops[reason & 63], 1, __ATOMIC_RELAXED);
}

/* Where no page can be shared (a FUSE with direct_io, 9p), what is not kept is counted in one that is
 * written, in a file of this process alone. */
static struct {
    int64_t offset;         /* of the page, plus 1; 0: none yet */
    uint64_t told[REASONS]; /* what it says */
    bool unmapped;          /* the control page is there and could not be mapped */
} lost;

static void flush_waiting_drops(struct vl_control *page)
{
    for (unsigned i = 0; i < REASONS; i++) {
        uint64_t n = __atomic_exchange_n(&waiting_drops[i], 0, __ATOMIC_RELAXED);
        if (n > lost.told[i])
            control_count(page, i, n - lost.told[i]);
        lost.told[i] = 0;
    }
}

/* ---- folders ---- */

/* Whether a file may grow to that size: beyond the limit the kernel would send SIGXFSZ. */
static bool limit_allows(long fd, uint64_t more)
{
    struct rlimit limit;
    if (raw(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return true;
    long size = raw(SYS_lseek, fd, 0, SEEK_END);
    return size >= 0 && (uint64_t)size + more <= limit.rlim_cur;
}

static void write_once(const char *name, const char *text)
{
    SCRATCH_WITHIN(struct file_path, path);
    if (!path)
        return;
    memcpy(path->text, spool.text, spool.length);
    path->text[spool.length] = '/';
    strcpy(path->text + spool.length + 1, name);
    long fd =
        raw(SYS_openat, AT_FDCWD, path->text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    if (limit_allows(fd, strlen(text)))
        raw(SYS_write, fd, text, strlen(text));
    raw(SYS_close, fd);
}

/* What is at the spool's path, a link itself or what it leads to; false: nothing, or not ours. */
static bool is_ours(int flags, struct stat *st)
{
    return raw(SYS_newfstatat, AT_FDCWD, spool.text, st, flags) == 0 && st->st_uid == (uid_t)raw(SYS_geteuid);
}

/* Ours, a folder, and nobody else's to write, so that nobody can lay a link in our way below it. A link to
 * such a folder will do if it is ours too. */
static bool spool_is_safe(void)
{
    SCRATCH_WITHIN(struct stat, st);
    if (!st || !is_ours(AT_SYMLINK_NOFOLLOW, st) || (S_ISLNK(st->st_mode) && !is_ours(0, st)))
        return false;
    __atomic_store_n(&spool.id, vl_spool_id(st->st_dev, st->st_ino), __ATOMIC_RELAXED);
    return S_ISDIR(st->st_mode) && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

enum { SPOOL_UNKNOWN, SPOOL_SAFE, SPOOL_REFUSED };

static void spool_make(void)
{
    if (raw(SYS_mkdirat, AT_FDCWD, spool.text, 0700) != 0)
        return;
    write_once(".gitignore", "*\n");
    write_once("CACHEDIR.TAG",
               "Signature: 8a477f597d28d172789f06886806bc55\n# A vlshim spool: see vlagg(1).\n");
}

/* Looks at the spool once a process, and makes it if it is not there: what was refused stays refused. */
static bool spool_ready(void)
{
    static int state; /* atomic; threads that look at the same time find the same */
    int seen = __atomic_load_n(&state, __ATOMIC_RELAXED);
    if (seen != SPOOL_UNKNOWN)
        return seen == SPOOL_SAFE;
    bool safe = spool_is_safe();
    if (!safe) {
        spool_make();
        safe = spool_is_safe();
    }
    if (!safe)
        config_debug("the spool is no folder of ours, or others may write to it: ", spool.text);
    __atomic_store_n(&state, safe ? SPOOL_SAFE : SPOOL_REFUSED, __ATOMIC_RELAXED);
    __atomic_store_n(&spool.good, safe, __ATOMIC_RELAXED);
    return safe;
}

#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

static int write_error(const char *path)
{
    long error = -raw(SYS_faccessat2, AT_FDCWD, path, 2 | 1 /* W_OK | X_OK */, AT_EACCESS);
    return error == EACCES || error == EROFS || error == ENOENT || error == ENOTDIR ? (int)error : 0;
}

/* Where the spool would be made, if it was removed. */
static const char *folder_above(void)
{
    static const char *kept; /* atomic; threads that come at the same time find the same */
    const char *above = __atomic_load_n(&kept, __ATOMIC_RELAXED);
    size_t n = spool.length;
    if (above)
        return above;
    while (n > 1 && spool.text[n - 1] != '/')
        n--;
    above = memory_text(spool.text, n > 1 ? n - 1 : n);
    __atomic_store_n(&kept, above, __ATOMIC_RELAXED);
    return above ? above : "/";
}

int spool_denies(uint32_t *user)
{
    struct stat st;
    if (!__atomic_load_n(&spool.good, __ATOMIC_RELAXED) || raw_forbidden())
        return 0;
    *user = (uint32_t)raw(SYS_geteuid);
    int error = write_error(spool.text);
    if (error == ENOENT)
        return write_error(folder_above());
    if (error == 0 && !is_ours(0, &st))
        return EPERM;
    return error;
}

/* path ends in <folder>/<file>: makes the folder, and again the spool above it if somebody removed it. */
static void folder_make(char *path)
{
    char *slash = strrchr(path, '/');
    *slash = '\0';
    if (raw(SYS_mkdirat, AT_FDCWD, path, 0700) == -ENOENT) {
        spool_make();
        raw(SYS_mkdirat, AT_FDCWD, path, 0700);
    }
    *slash = '/';
}

/* ---- files ---- */

static void put(char **at, const char *text)
{
    size_t n = strlen(text);
    memcpy(*at, text, n + 1);
    *at += n;
}

static void put_hex(char **at, uint64_t value, unsigned digits)
{
    put(at, "-");
    while (digits-- > 0)
        *(*at)++ = "0123456789abcdef"[value >> (4 * digits) & 15];
}

/* own: a small file of this process alone, for where a limit forbids the shared one. */
static void file_path(char *out, const char *folder, bool own)
{
    char *at = out;
    put(&at, spool.text);
    put(&at, "/");
    put(&at, folder);
    put(&at, "/");
    put(&at, self.run_file);
    put_hex(&at, __atomic_load_n(&spool.id, __ATOMIC_RELAXED), 16);
    if (own)
        put_hex(&at, self.process.pid, 8);
    put(&at, VL_FILE_SUFFIX);
}

static long file_open(const char *folder, bool own)
{
    if (!spool_ready())
        return -EACCES;
    SCRATCH_WITHIN(struct file_path, path);
    if (!path)
        return -ENOMEM;
    file_path(path->text, folder, own);
    long fd = raw(SYS_openat, AT_FDCWD, path->text, OPEN_FLAGS, 0); /* mostly it is there */
    if (fd == -ENOENT) {
        folder_make(path->text);
        fd = raw(SYS_openat, AT_FDCWD, path->text, OPEN_FLAGS | O_CREAT, 0600);
    }
    return fd;
}

struct append {
    struct iovec parts[APPEND_PARTS];
};

/* Appends; the offset at which it begins, or -errno. The kernel arbitrates between processes: this file
 * description is ours alone, so its position is the end of what we appended. It is told to append only now: a
 * file system in user space that was told when it was opened would append what is stored in a mapping, too.
 */
static long append(long fd, const struct iovec *parts, int count, size_t *appended)
{
    long error = raw(SYS_fcntl, fd, F_SETFL, O_APPEND | O_NONBLOCK);
    if (error != 0)
        return error;
    long wrote = raw(SYS_writev, fd, parts, count);
    if (wrote <= 0)
        return wrote < 0 ? wrote : -ENOSPC;
    long end = raw(SYS_lseek, fd, 0, SEEK_CUR);
    *appended = (size_t)wrote;
    return end < 0 ? end : end - wrote;
}

static long append_zeros(long fd, size_t bytes, size_t *appended)
{
    static const char zeros[VL_PAGE];
    SCRATCH_WITHIN(struct append, a);
    int n = 0;
    if (!a)
        return -ENOMEM;
    for (size_t left = bytes; left > 0; n++) {
        size_t part = left < VL_PAGE ? left : VL_PAGE;
        a->parts[n] = (struct iovec){(void *)zeros, part};
        left -= part;
    }
    return append(fd, a->parts, n, appended);
}

/* The aligned offset of `bytes` fresh zeros, or -errno. */
static long append_chunk(long fd, size_t bytes)
{
    size_t pad = 0;
    for (int i = 0; i < APPENDS_MAX; i++) {
        size_t appended = 0;
        long offset = append_zeros(fd, pad + bytes, &appended);
        if (offset < 0)
            return offset;
        size_t skip = (size_t)(-offset) & (VL_PAGE - 1);
        if (skip + bytes <= appended)
            return offset + (long)skip;
        pad = (size_t)(-(offset + (long)appended)) & (VL_PAGE - 1);
    }
    return -EAGAIN;
}

static void *map(long fd, long offset, size_t bytes)
{
    long p =
        raw6(SYS_mmap, (long)memory_hint(bytes), (long)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
    return p < 0 && p > -4096 ? NULL : (void *)p;
}

void spool_release(void *base, uint32_t bytes) { raw(SYS_munmap, base, bytes); }

/* ---- the control page ---- */

static bool has_first_page(long fd)
{
    SCRATCH_WITHIN(struct stat, st);
    return st && raw(SYS_fstat, fd, st) == 0 && S_ISREG(st->st_mode) && st->st_size >= VL_PAGE;
}

/* Another may be about to store the header, so zeros will do. */
static bool control_is_plausible(const struct vl_control *page)
{
    const struct vl_chunk *h = &page->chunk;
    return (h->magic == 0 ||
            (h->magic == VL_MAGIC && h->version == VL_FORMAT_VERSION && h->kind == VL_CHUNK_CONTROL &&
             h->header_bytes == sizeof *h && h->chunk_bytes == VL_PAGE)) &&
           (int64_t)page->claimed_bytes > -CLAIMED_MAX && (int64_t)page->claimed_bytes < CLAIMED_MAX;
}

/* fd is the file in _run. Whoever finds it empty claims its first page; where the file system is full there
 * is none to map. */
static void control_map(long fd)
{
    long offset = has_first_page(fd) ? -1 : append_chunk(fd, VL_PAGE);
    bool there = has_first_page(fd);
    struct vl_control *page = there ? map(fd, 0, VL_PAGE) : NULL;
    lost.unmapped = there && !page;
    if (!page)
        return;
    if (!control_is_plausible(page)) {
        spool_release(page, VL_PAGE);
        __atomic_store_n(&foreign, true, __ATOMIC_RELAXED);
        return;
    }
    if (offset == 0)
        chunk_head(&page->chunk, VL_CHUNK_CONTROL, VL_PAGE, (struct chunk_place){0});
    flush_waiting_drops(page);
    __atomic_store_n(&control, page, __ATOMIC_RELEASE); /* pairs with spool_dropped; twice does no harm */
}

/* Where the common page is not to be touched, one in a file of this process alone: it counts what is not
 * kept.
 */
static bool own_tried;

static void control_own(void)
{
    own_tried = true;
    long fd = file_open(VL_RUN_FOLDER, true);
    if (fd >= 0 && limit_allows(fd, VL_PAGE))
        control_map(fd);
    if (fd >= 0)
        raw(SYS_close, fd);
}

/* run: the file in _run where it is open already, or negative. Without the page a claim goes on unbounded and
 * uncounted. */
static void control_prepare(long run)
{
    if (__atomic_load_n(&control, __ATOMIC_ACQUIRE))
        return;
    long fd = run >= 0 ? run : file_open(VL_RUN_FOLDER, false);
    if (fd >= 0 && limit_allows(fd, VL_PAGE))
        control_map(fd);
    if (fd >= 0 && fd != run)
        raw(SYS_close, fd);
    if (__atomic_load_n(&foreign, __ATOMIC_RELAXED) && !own_tried)
        control_own();
}

struct vl_control *spool_control(void) { return __atomic_load_n(&control, __ATOMIC_ACQUIRE); }

static bool lost_differs(const uint64_t counts[REASONS])
{
    for (unsigned i = 0; i < REASONS; i++)
        if (counts[i] != lost.told[i])
            return true;
    return false;
}

struct lost_page {
    uint64_t counts[REASONS];
    struct vl_chunk head;
    struct iovec parts[4];
};

static __attribute__((noinline)) bool lost_append(long fd, struct lost_page *p)
{
    static const char zeros[VL_PAGE];
    const size_t at = offsetof(struct vl_control, dropped);
    size_t appended;
    p->parts[0] = (struct iovec){&p->head, sizeof p->head};
    p->parts[1] = (struct iovec){(void *)zeros, at - sizeof p->head};
    p->parts[2] = (struct iovec){p->counts, sizeof p->counts};
    p->parts[3] = (struct iovec){(void *)zeros, VL_PAGE - at - sizeof p->counts};
    if (!limit_allows(fd, VL_PAGE))
        return false;
    long offset = append(fd, p->parts, 4, &appended);
    if (offset < 0 || appended != VL_PAGE || offset % VL_PAGE != 0)
        return false;
    lost.offset = offset + 1;
    return true;
}

/* The whole page when it is the first time, else its counters. */
static __attribute__((noinline)) bool lost_write(long fd, struct lost_page *p)
{
    const size_t bytes = sizeof p->counts;
    if (lost.offset == 0)
        return lost_append(fd, p);
    int64_t at = lost.offset - 1 + (int64_t)offsetof(struct vl_control, dropped);
    return raw(SYS_pwrite64, fd, p->counts, bytes, at) == (long)bytes;
}

/* What is asked for the first time is about to be counted: should the process be killed, the loss is known.
 * False: it is told already. */
static __attribute__((noinline)) bool lost_count(struct lost_page *p)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < REASONS; i++)
        all += p->counts[i] = __atomic_load_n(&waiting_drops[i], __ATOMIC_RELAXED);
    p->counts[VL_REASON_NO_MAPPING] += all == 0;
    memset(&p->head, 0, sizeof p->head);
    chunk_head(&p->head, VL_CHUNK_CONTROL, VL_PAGE, (struct chunk_place){.tid = self.process.tid});
    return lost_differs(p->counts);
}

/* With a descriptor. */
static void lost_tell(void)
{
    if (spool_control() || !lost.unmapped)
        return;
    SCRATCH_WITHIN(struct lost_page, p);
    long fd = p && lost_count(p) ? file_open(VL_RUN_FOLDER, true) : -1;
    if (fd < 0)
        return;
    if (lost_write(fd, p))
        memcpy(lost.told, p->counts, sizeof p->counts);
    raw(SYS_close, fd);
}

static void lost_work(void *done)
{
    lost_tell();
    compiler_barrier();
    *(volatile bool *)done = true;
}

void spool_ending(void)
{
    bool done = false;
    if (spool_control() || !lost.unmapped || raw_forbidden())
        return;
    struct blocked_signals signals = raw_block_signals();
    apart_run(lost_work, &done, &done);
    raw_restore_signals(signals);
}

void spool_forked(void)
{
    memset(waiting_drops, 0, sizeof waiting_drops);
    memset(lost.told, 0, sizeof lost.told);
    lost.offset = 0;
}

/* The bound of VLSHIM_MAX_MB, exact to one chunk a thread. */
static void bound_give_back(uint32_t bytes)
{
    struct vl_control *page = spool_control();
    if (page)
        __atomic_sub_fetch(&page->claimed_bytes, bytes, __ATOMIC_RELAXED);
}

static bool bound_take(long fd, uint32_t bytes)
{
    struct vl_control *page = spool_control(); /* another thread may have mapped it just now */
    if (!page || __atomic_add_fetch(&page->claimed_bytes, bytes, __ATOMIC_RELAXED) <= config.max_bytes)
        return true;
    uint64_t freed = config.rotate ? rotate_oldest(fd, bytes) : 0;
    __atomic_sub_fetch(&page->claimed_bytes, freed, __ATOMIC_RELAXED);
    if (freed >= bytes)
        return true;
    bound_give_back(bytes);
    return false;
}

bool spool_find_control(uintptr_t address, void **base, uint32_t *bytes)
{
    *base = __atomic_load_n(&control, __ATOMIC_ACQUIRE);
    *bytes = VL_PAGE;
    return *base && address - (uintptr_t)*base < *bytes;
}

/* ---- claiming ---- */

static enum vl_reason reason_of(long error)
{
    switch (-error) {
    case ENOMEM:
        return VL_REASON_NO_MEMORY;
    case ENOSPC:
    case EDQUOT:
        return VL_REASON_NO_SPACE;
    case EFBIG:
    case EMFILE:
    case ENFILE:
        return VL_REASON_FILE_LIMIT;
    default:
        return VL_REASON_NO_SPOOL;
    }
}

static const char *words_of(enum vl_reason reason)
{
    static const struct {
        enum vl_reason reason;
        const char *words;
    } reasons[] = {
#define VL_REASON(name, number, words) {number, words},
#include "vl/reason.def"
#undef VL_REASON
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].reason == reason)
            return reasons[i].words;
    return "";
}

/* Said once a process and reason. */
static bool claim_fail(struct claim *c, enum vl_reason reason)
{
    static uint64_t said; /* atomic */
    c->reason = reason;
    if (!(__atomic_fetch_or(&said, (uint64_t)1 << (reason & 63), __ATOMIC_RELAXED) >> (reason & 63) & 1))
        config_debug("not recorded: ", words_of(reason));
    return false;
}

static bool claim_from(struct claim *c, long fd)
{
    long offset = append_chunk(fd, c->bytes);
    if (offset < 0)
        return claim_fail(c, reason_of(offset));
    c->base = map(fd, offset, c->bytes);
    return c->base ? true : claim_fail(c, VL_REASON_NO_MAPPING);
}

static long file_within_limit(const char *folder, uint32_t bytes, bool own)
{
    long fd = file_open(folder, own);
    if (fd < 0 || limit_allows(fd, bytes + VL_PAGE))
        return fd;
    raw(SYS_close, fd);
    return -EFBIG;
}

/* Everything that needs a descriptor. */
static __attribute__((noinline)) bool claim_with_descriptor(struct claim *c)
{
    const char *folder = video_get(c->video)->directory;
    if (__atomic_load_n(&foreign, __ATOMIC_RELAXED))
        return claim_fail(c, VL_REASON_NOT_UNDERSTOOD);
    long fd = file_within_limit(folder, c->bytes, false);
    c->base = NULL;
    control_prepare(c->video == VIDEO_NONE ? fd : -1);
    if (fd == -EFBIG)
        fd = file_within_limit(folder, c->bytes, true);
    if (fd >= 0 && __atomic_load_n(&foreign, __ATOMIC_RELAXED)) {
        raw(SYS_close, fd);
        return claim_fail(c, VL_REASON_NOT_UNDERSTOOD);
    }
    if (fd < 0)
        return claim_fail(c, reason_of(fd));
    if (!spool_control() && lost.unmapped) { /* nor can a chunk be: nothing is appended in vain */
        raw(SYS_close, fd);
        return claim_fail(c, VL_REASON_NO_MAPPING);
    }
    bool claimed = bound_take(fd, c->bytes) ? claim_from(c, fd) : claim_fail(c, VL_REASON_BOUND_REACHED);
    raw(SYS_close, fd);
    if (!claimed && c->reason != VL_REASON_BOUND_REACHED)
        bound_give_back(c->bytes);
    return claimed;
}

static void claim_work(void *argument)
{
    struct claim *c = argument;
    if (!claim_with_descriptor(c))
        lost_tell();
    compiler_barrier();
    c->done = true;
}

bool spool_claim(struct claim *c)
{
    c->base = NULL;
    c->reason = VL_REASON_CONFINED;
    if (raw_forbidden())
        return false;
    c->reason = 0;
    self_renew_offset(); /* for the heads that are written next */
    apart_run(claim_work, c, &c->done);
    return c->base != NULL;
}
