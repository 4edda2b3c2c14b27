/* A word for each of the three: it changes with the descriptor, and the kernel is asked when it is next used.
 */
#include "outputs.h"

#include "raw.h"
#include "seals.h"
#include "threads.h"

#include <sys/socket.h>

enum standing { NOT_OUTPUT, NOT_ASKED, IS_OPEN }; /* above: the pipe that it is sealed for */

static uint64_t standing[3]; /* atomics */
struct outer_pipes outputs_outer;

static uint64_t name_of(const struct stat *st)
{
    uint64_t name = (uint64_t)st->st_ino ^ (uint64_t)st->st_dev << 40;
    return name > IS_OPEN ? name : name + 3;
}

/* A socket that leads elsewhere than to this machine's own processes hides nothing from anyone. */
static bool is_local_socket(int fd)
{
    int domain = 0;
    socklen_t n = sizeof domain;
    return raw(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) != 0 || domain == AF_UNIX;
}

static bool is_outer(uint64_t name) { return name == outputs_outer.of[0] || name == outputs_outer.of[1]; }

static uint64_t any_pipe(int fd, const struct stat *st)
{
    bool pipe = S_ISFIFO(st->st_mode) || (S_ISSOCK(st->st_mode) && is_local_socket(fd));
    return pipe ? name_of(st) : 0;
}

uint64_t outputs_pipe(int fd, const struct stat *st)
{
    uint64_t name = any_pipe(fd, st);
    return name == 0 || is_outer(name) ? 0 : name;
}

static uint64_t ask(int fd)
{
    struct stat st;
    if (raw(SYS_fstat, fd, &st) != 0)
        return NOT_OUTPUT; /* closed; or, where the kernel may not be asked, not known to be harmless */
    uint64_t name = outputs_pipe(fd, &st);
    return name ? name : IS_OPEN;
}

void outputs_init(bool outer)
{
    struct stat st;
    for (int fd = 1; fd < 3 && outer; fd++)
        if (raw(SYS_fstat, fd, &st) == 0)
            outputs_outer.of[fd - 1] = any_pipe(fd, &st);
    if (self.claude && raw(SYS_fstat, 0, &st) == 0)
        outputs_outer.shut = outputs_pipe(0, &st);
    for (int fd = 1; fd < 3; fd++)
        standing[fd] = ask(fd);
}

void outputs_changed(int fd, bool by_copy)
{
    if ((unsigned)(fd - 1) < 2 && !thread_is_vfork_child())
        __atomic_store_n(&standing[fd], by_copy ? NOT_ASKED : NOT_OUTPUT, __ATOMIC_RELAXED);
}

enum output outputs_look(int fd, uint64_t *pipe)
{
    uint64_t seen = __atomic_load_n(&standing[fd], __ATOMIC_RELAXED);
    if (unlikely(seen == NOT_ASKED)) {
        uint64_t found = ask(fd);
        if (__atomic_compare_exchange_n(&standing[fd], &seen, found, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            seen = found;
    }
    *pipe = seen;
    return seen == NOT_OUTPUT || seen == NOT_ASKED ? OUTPUT_NONE
           : seen == IS_OPEN                       ? OUTPUT_OPEN
                                                   : OUTPUT_SEALED;
}
