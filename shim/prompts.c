/* From the inode of a pipe, or of a socket's other end, to the program that reads or fills it, and from
 * pieces of a prompt to its hash. */
#include "prompts.h"

#include "config.h"
#include "emit.h"
#include "spool.h"
#include "user_memory.h"
#include "vl/prompt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define AT_ONCE 32u /* prompts that a process writes at the same time */
#define PAIRS   32u /* of sockets, the latest */

struct prompt {
    uint32_t serial; /* atomic; of the descriptor; 0: free */
    uint32_t child;
    int busy; /* atomic; two threads that write to one pipe mix their text: the hash is given up */
    bool lost;
    uint64_t written;
    struct vl_prompt state;
};

static struct prompt table[AT_ONCE] TABLE;
static unsigned next_place; /* atomic */

/* ---- the program's side ---- */

static uint64_t make_key(struct vl_control *page)
{
    uint64_t key = 0, none = 0;
    if (raw(SYS_getrandom, &key, sizeof key, 1 /* GRND_NONBLOCK */) != sizeof key || key == 0)
        key = clock_ticks() * 0x9e3779b97f4a7c15ull | 1;
    if (__atomic_compare_exchange_n(&page->prompt_key, &none, key, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return key;
    return none;
}

static char *put_number(char *at, unsigned long number)
{
    char digits[12];
    size_t n = 0;
    for (; number > 0 || n == 0; number /= 10)
        digits[n++] = (char)('0' + number % 10);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}

const char *prompts_path_of(char *room, pid_t pid, int fd)
{
    memcpy(room, "/proc/", 6);
    char *at = put_number(room + 6, (unsigned long)pid);
    memcpy(at, "/fd/", 4);
    *put_number(at + 4, (unsigned long)fd) = '\0';
    return room;
}

static struct {
    uint64_t inodes[2]; /* atomics; two threads at one place in turn spoil that pair */
} pairs[PAIRS] TABLE;
static unsigned next_pair; /* atomic */

void prompts_paired(const int fds[2])
{
    struct stat ends[2];
    if (config.capture_nothing || raw(SYS_fstat, fds[0], &ends[0]) != 0 ||
        raw(SYS_fstat, fds[1], &ends[1]) != 0)
        return;
    unsigned place = __atomic_fetch_add(&next_pair, 1, __ATOMIC_RELAXED) % PAIRS;
    for (int i = 0; i < 2; i++)
        __atomic_store_n(&pairs[place].inodes[i], (uint64_t)ends[i].st_ino, __ATOMIC_RELAXED);
}

/* Who writes to a socket knows the inode of its own end alone. 0: not known. */
uint64_t prompts_other_end(uint64_t inode)
{
    for (unsigned i = 0; i < PAIRS; i++)
        for (int end = 0; end < 2; end++)
            if (__atomic_load_n(&pairs[i].inodes[end], __ATOMIC_RELAXED) == inode)
                return __atomic_load_n(&pairs[i].inodes[1 - end], __ATOMIC_RELAXED);
    return 0;
}

static uint64_t inode_outside(const struct stat *end)
{
    if (S_ISFIFO(end->st_mode))
        return (uint64_t)end->st_ino;
    return S_ISSOCK(end->st_mode) ? prompts_other_end((uint64_t)end->st_ino) : 0;
}

static void enter(const struct stat *end, uint32_t pid, int fd)
{
    struct vl_control *page = spool_control();
    uint64_t inode = inode_outside(end);
    if (config.capture_nothing || !page || inode == 0)
        return;
    if (__atomic_load_n(&page->prompt_key, __ATOMIC_ACQUIRE) == 0)
        make_key(page);
    uint32_t place = __atomic_fetch_add(&page->prompt_count, 1, __ATOMIC_RELAXED) % VL_PROMPT_PIPES;
    struct vl_prompt_pipe *pipe = &page->prompts[place];
    __atomic_store_n(&pipe->inode, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&pipe->pid, pid, __ATOMIC_RELEASE);
    __atomic_store_n(&pipe->output, (uint32_t)fd, __ATOMIC_RELEASE);
    __atomic_store_n(&pipe->inode, inode, __ATOMIC_RELEASE);
}

void prompts_expect(void)
{
    struct stat st;
    for (int fd = 0; fd < 2; fd++)
        if (raw(SYS_fstat, fd, &st) == 0)
            enter(&st, thread_identity().pid, fd);
}

void prompts_expect_child(pid_t child)
{
    char path[32];
    struct stat st;
    for (int fd = 0; fd < 2; fd++)
        if (raw(SYS_newfstatat, AT_FDCWD, prompts_path_of(path, child, fd), &st, 0) == 0)
            enter(&st, (uint32_t)child, fd);
}

/* ---- the writer's side ---- */

/* "pipe:[123]", "socket:[123]" */
static uint64_t inode_of(const struct path *name)
{
    uint64_t inode = 0;
    const char *open = memchr(name->text, '[', name->length);
    for (size_t i = open ? (size_t)(open - name->text) + 1 : name->length;
         i < name->length && name->text[i] >= '0' && name->text[i] <= '9'; i++)
        inode = inode * 10 + (uint64_t)(name->text[i] - '0');
    return inode;
}

/* The program whose standard input or output it is, 0: of none that is known. */
static uint32_t program_of(const struct vl_control *page, uint64_t inode, uint32_t output)
{
    for (unsigned i = 0; inode && i < VL_PROMPT_PIPES; i++)
        if (__atomic_load_n(&page->prompts[i].inode, __ATOMIC_ACQUIRE) == inode &&
            __atomic_load_n(&page->prompts[i].output, __ATOMIC_ACQUIRE) == output)
            return __atomic_load_n(&page->prompts[i].pid, __ATOMIC_ACQUIRE);
    return 0;
}

bool prompts_leads(const struct stat *st)
{
    const struct vl_control *page = spool_control();
    return page && __atomic_load_n(&page->prompt_count, __ATOMIC_ACQUIRE) > 0 &&
           program_of(page, (uint64_t)st->st_ino, 0) != 0;
}

void prompts_look(int fd, struct fd_entry *e)
{
    const struct vl_control *page = spool_control();
    if (__atomic_exchange_n(&e->written, true, __ATOMIC_RELAXED) || !page ||
        __atomic_load_n(&page->prompt_count, __ATOMIC_ACQUIRE) == 0)
        return;
    SCRATCH(struct path, name);
    if (!name || !fds_name(fd, name))
        return;
    uint32_t child = program_of(page, inode_of(name), 0);
    if (child == 0)
        return;
    struct prompt *p = &table[__atomic_fetch_add(&next_place, 1, __ATOMIC_RELAXED) % AT_ONCE];
    if (__atomic_exchange_n(&p->busy, 1, __ATOMIC_ACQUIRE))
        return;
    p->child = child;
    p->lost = false;
    p->written = 0;
    vl_prompt_begin(&p->state, __atomic_load_n(&page->prompt_key, __ATOMIC_ACQUIRE));
    __atomic_store_n(&p->serial, fds_serial(e), __ATOMIC_RELEASE);
    __atomic_store_n(&p->busy, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&shim.prompts, true, __ATOMIC_RELEASE);
}

static struct prompt *find(uint32_t serial)
{
    for (unsigned i = 0; serial && i < AT_ONCE; i++)
        if (__atomic_load_n(&table[i].serial, __ATOMIC_ACQUIRE) == serial)
            return &table[i];
    return NULL;
}

/* False: the program has taken the text away meanwhile. */
static bool add_copied(struct vl_prompt *state, const char *text, size_t bytes)
{
    char *room = user_room_take();
    size_t done = 0, part = 1, got = part;
    for (; room && done < bytes && got == part; done += got) {
        part = bytes - done < USER_ROOM_BYTES ? bytes - done : USER_ROOM_BYTES;
        got = user_take_moved(room, text + done, part);
        vl_prompt_add(state, room, got);
    }
    if (room)
        user_room_give(room, done);
    return done == bytes;
}

COLD void prompts_written(int fd, const void *text, size_t bytes)
{
    const struct fd_entry *e = thread_is_vfork_child() ? NULL : fds_entry(fd);
    struct prompt *p = e ? find(fds_serial(e)) : NULL;
    if (!p)
        return;
    if (__atomic_exchange_n(&p->busy, 1, __ATOMIC_ACQUIRE)) {
        __atomic_store_n(&p->lost, true, __ATOMIC_RELAXED);
        return;
    }
    if (!add_copied(&p->state, text, bytes))
        __atomic_store_n(&p->lost, true, __ATOMIC_RELAXED);
    p->written += bytes;
    uint64_t hash = __atomic_load_n(&p->lost, __ATOMIC_RELAXED) ? 0 : vl_prompt_hash(p->state);
    uint64_t key = spool_control() ? spool_control()->prompt_key : 0;
    EMIT(prompt_seen, VIDEO_CURRENT, clock_instant(), p->state.bytes, key, hash, p->child, p->written);
    __atomic_store_n(&p->busy, 0, __ATOMIC_RELEASE);
}

COLD void prompts_written_parts(int fd, const struct iovec *parts, size_t count, size_t bytes)
{
    for (size_t i = 0; i < count && bytes > 0; i++) {
        struct iovec part = user_part(&parts[i], bytes);
        if (part.iov_len > 0)
            prompts_written(fd, part.iov_base, part.iov_len);
        bytes -= part.iov_len;
    }
}

/* ---- the reader's side ---- */

static uint32_t printer_of(int fd)
{
    const struct vl_control *page = spool_control();
    if (!page || __atomic_load_n(&page->prompt_count, __ATOMIC_ACQUIRE) == 0)
        return 0;
    SCRATCH(struct path, name);
    return name && fds_name(fd, name) ? program_of(page, inode_of(name), 1) : 0;
}

bool prompts_may_answer(int fd, struct fd_entry *e, bool arrived)
{
    uint32_t printer = __atomic_load_n(&e->printer, __ATOMIC_RELAXED);
    if (printer == 0 && arrived) {
        printer = printer_of(fd);
        __atomic_store_n(&e->printer, printer ? printer : NO_PRINTER, __ATOMIC_RELAXED);
        return printer;
    }
    return printer != NO_PRINTER;
}

COLD void prompts_answered(const struct fd_entry *e, size_t bytes)
{
    uint32_t printer = __atomic_load_n(&e->printer, __ATOMIC_RELAXED);
    if (printer && printer != NO_PRINTER) /* the number may be another's by now */
        EMIT(answer_read, VIDEO_CURRENT, clock_instant(), printer, bytes);
}
