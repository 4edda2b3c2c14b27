/* From a pipe's inode to the program that reads it, and from pieces of a prompt to its hash. */
#include "prompts.h"

#include "config.h"
#include "emit.h"
#include "spool.h"
#include "vl/prompt.h"

#include <string.h>
#include <sys/stat.h>

#define AT_ONCE 32u /* prompts that a process writes at the same time */

struct prompt {
    uint32_t serial; /* atomic; of the descriptor; 0: free */
    uint32_t child;
    int busy; /* atomic; two threads that write to one pipe mix their text: the hash is given up */
    bool lost;
    uint64_t written;
    struct vl_prompt state;
};

static struct prompt table[AT_ONCE];
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

void prompts_expect(void)
{
    struct stat st;
    struct vl_control *page = spool_control();
    if (config.capture_nothing || !page || raw(SYS_fstat, 0, &st) != 0 || !S_ISFIFO(st.st_mode))
        return;
    if (__atomic_load_n(&page->prompt_key, __ATOMIC_ACQUIRE) == 0)
        make_key(page);
    uint32_t place = __atomic_fetch_add(&page->prompt_count, 1, __ATOMIC_RELAXED) % VL_PROMPT_PIPES;
    __atomic_store_n(&page->prompts[place].inode, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&page->prompts[place].pid, thread_identity().pid, __ATOMIC_RELEASE);
    __atomic_store_n(&page->prompts[place].inode, (uint64_t)st.st_ino, __ATOMIC_RELEASE);
}

/* ---- the writer's side ---- */

/* "pipe:[123]" */
static uint64_t inode_of(const struct path *name)
{
    uint64_t inode = 0;
    for (size_t i = strlen("pipe:["); i < name->length && name->text[i] >= '0' && name->text[i] <= '9'; i++)
        inode = inode * 10 + (uint64_t)(name->text[i] - '0');
    return inode;
}

/* The program whose standard input it is, 0: of none that is known. */
static uint32_t reader_of(const struct vl_control *page, uint64_t inode)
{
    for (unsigned i = 0; inode && i < VL_PROMPT_PIPES; i++)
        if (__atomic_load_n(&page->prompts[i].inode, __ATOMIC_ACQUIRE) == inode)
            return __atomic_load_n(&page->prompts[i].pid, __ATOMIC_ACQUIRE);
    return 0;
}

void prompts_look(int fd, struct fd_entry *e)
{
    struct path name;
    const struct vl_control *page = spool_control();
    if (__atomic_exchange_n(&e->written, true, __ATOMIC_RELAXED) || !page ||
        __atomic_load_n(&page->prompt_count, __ATOMIC_ACQUIRE) == 0 || !fds_name(fd, &name))
        return;
    uint32_t child = reader_of(page, inode_of(&name));
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
    vl_prompt_add(&p->state, text, bytes);
    p->written += bytes;
    uint64_t hash = __atomic_load_n(&p->lost, __ATOMIC_RELAXED) ? 0 : vl_prompt_hash(p->state);
    uint64_t key = spool_control() ? spool_control()->prompt_key : 0;
    EMIT(prompt_seen, VIDEO_CURRENT, clock_instant(), p->state.bytes, key, hash, p->child, p->written);
    __atomic_store_n(&p->busy, 0, __ATOMIC_RELEASE);
}
