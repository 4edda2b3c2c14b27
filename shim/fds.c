/* The table of descriptors. */
#include "fds.h"

#include "memory.h"
#include "outputs.h"
#include "plain.h"
#include "sequence.h"
#include "video.h"

#include <string.h>

struct fd_entry fds_direct[FDS_DIRECT] TABLE;
static struct fd_entry *far_segments[FDS_MAX / FDS_SEGMENT] TABLE; /* atomic */
static uint32_t last_serial;                                       /* atomic */

static struct fd_entry *far_make(unsigned segment)
{
    struct fd_entry *fresh = memory_map(sizeof *fresh * FDS_SEGMENT), *none = NULL;
    if (fresh && !__atomic_compare_exchange_n(&far_segments[segment], &none, fresh, 0, __ATOMIC_ACQ_REL,
                                              __ATOMIC_ACQUIRE)) {
        raw(SYS_munmap, fresh, sizeof *fresh * FDS_SEGMENT);
        return none;
    }
    return fresh;
}

struct fd_entry *fds_far(int fd)
{
    if ((unsigned)fd >= FDS_MAX)
        return NULL;
    struct fd_entry *segment = __atomic_load_n(&far_segments[(unsigned)fd / FDS_SEGMENT], __ATOMIC_ACQUIRE);
    return segment ? &segment[(unsigned)fd % FDS_SEGMENT] : NULL;
}

static struct fd_entry *entry_make(int fd)
{
    if ((unsigned)fd < FDS_DIRECT)
        return &fds_direct[fd];
    if ((unsigned)fd >= FDS_MAX)
        return NULL;
    if (!fds_far(fd) && !far_make((unsigned)fd / FDS_SEGMENT))
        return NULL;
    return fds_far(fd);
}

static uint32_t next_serial(void)
{
    uint32_t s = __atomic_add_fetch(&last_serial, 1, __ATOMIC_RELAXED);
    return s == 0 || s == UINT32_MAX ? next_serial() : s; /* 0: not known; all ones: not seen by a writer */
}

/* Where a path of that length lies. Long ones keep their memory for the number's next long path; NULL: none.
 */
static char *entry_room(struct fd_entry *e, size_t length)
{
    if (length < sizeof e->text)
        return e->text;
    char *room = __atomic_load_n(&e->long_path, __ATOMIC_ACQUIRE);
    if (!room) {
        room = memory_take(PATH_BYTES);
        __atomic_store_n(&e->long_path, room, __ATOMIC_RELEASE);
    }
    return room;
}

static const char *entry_text(const struct fd_entry *e, size_t length)
{
    return length < sizeof e->text ? e->text : __atomic_load_n(&e->long_path, __ATOMIC_ACQUIRE);
}

static void forget_connection(struct fd_entry *e, int fd)
{
    uint8_t mark = __atomic_exchange_n(&e->tapped, 0, __ATOMIC_ACQ_REL);
    if (mark != 0)
        plain_forget(fd, mark);
}

/* Two threads that open and close the same number deserve that the second one's path is not kept. */
static void fill(int fd, enum vl_fd_type type, const struct path *path, uint32_t video)
{
    struct fd_entry *e = thread_is_vfork_child() ? NULL : entry_make(fd);
    if (!e || !sequence_take(&e->sequence))
        return;
    size_t length = path ? path->length : 0;
    char *room = entry_room(e, length);
    if (!room)
        length = 0;
    __atomic_store_n(&e->serial, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&e->type, (uint8_t)type, __ATOMIC_RELEASE);
    __atomic_store_n(&e->written, false, __ATOMIC_RELEASE);
    __atomic_store_n(&e->printer, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&e->video, video, __ATOMIC_RELEASE);
    __atomic_store_n(&e->length, (uint16_t)length, __ATOMIC_RELEASE);
    sequence_store(room, path ? path->text : "", length);
    __atomic_store_n(&e->serial, next_serial(), __ATOMIC_RELEASE);
    sequence_give(&e->sequence);
}

/* Something else has the number now. */
static void renew(int fd, uint8_t made)
{
    struct fd_entry *e = thread_is_vfork_child() ? NULL : fds_entry(fd);
    outputs_changed(fd, false);
    if (!e)
        return;
    __atomic_store_n(&e->made, made, __ATOMIC_RELAXED);
    __atomic_store_n(&e->told, false, __ATOMIC_RELAXED);
}

void fds_set(int fd, enum vl_fd_type type, const struct path *path, uint32_t video)
{
    renew(fd, 0);
    fill(fd, type, path, video);
}

static uint8_t generation = 1;

void fds_set_made(int fd)
{
    struct fd_entry *e = thread_is_vfork_child() ? NULL : entry_make(fd);
    if (e)
        __atomic_store_n(&e->made, generation, __ATOMIC_RELAXED);
}

bool fds_made_here(const struct fd_entry *e)
{
    return __atomic_load_n(&e->made, __ATOMIC_RELAXED) == generation;
}

void fds_begin_child(void) { generation = (uint8_t)(generation + 1) ? (uint8_t)(generation + 1) : 1; }

void fds_clear(int fd)
{
    struct fd_entry *e = thread_is_vfork_child() ? NULL : fds_entry(fd);
    renew(fd, 0);
    if (!e)
        return;
    __atomic_store_n(&e->serial, 0, __ATOMIC_RELEASE);
    if (unlikely(__atomic_load_n(&e->tapped, __ATOMIC_RELAXED)))
        forget_connection(e, fd);
}

void fds_clear_range(unsigned first, unsigned last)
{
    for (unsigned fd = first; fd <= last && fd < FDS_MAX; fd++) {
        if (fd >= FDS_DIRECT && !fds_far((int)fd))
            fd |= FDS_SEGMENT - 1;
        else
            fds_clear((int)fd);
    }
}

bool fds_name(int fd, struct path *out)
{
    const struct fd_entry *e = fds_entry(fd);
    uint32_t seen;
    if (!e || !sequence_look(&e->sequence, &seen) || fds_serial(e) == 0)
        return false;
    size_t length = __atomic_load_n(&e->length, __ATOMIC_ACQUIRE);
    const char *text = entry_text(e, length);
    if (!text || length == 0 || length >= PATH_BYTES)
        return false;
    sequence_load(out->text, text, length);
    out->text[length] = '\0';
    out->length = length;
    return sequence_held(&e->sequence, seen);
}

void fds_copy(int from, int to)
{
    struct fd_entry *e = fds_entry(from);
    if (!e || fds_serial(e) == 0) {
        fds_clear(to);
        return;
    }
    SCRATCH(struct path, path);
    fill(to, fds_type(e), path && fds_name(from, path) ? path : NULL, fds_video(e));
    renew(to, __atomic_load_n(&e->made, __ATOMIC_RELAXED));
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* The kernel's name of a descriptor tells what it is. */
static enum vl_fd_type type_of_name(const char *name)
{
    if (begins(name, "pipe:"))
        return VL_FD_PIPE;
    if (begins(name, "socket:"))
        return VL_FD_SOCKET;
    if (name[0] != '/' || begins(name, "/memfd:"))
        return VL_FD_OTHER;
    if (begins(name, "/dev/pts/") || begins(name, "/dev/tty") || strcmp(name, "/dev/console") == 0)
        return VL_FD_TERMINAL;
    return begins(name, "/dev/") && !begins(name, "/dev/shm/") ? VL_FD_DEVICE : VL_FD_FILE;
}

static void strip_deleted(struct path *p)
{
    static const char mark[] = " (deleted)";
    size_t n = sizeof mark - 1;
    if (p->length > n && memcmp(p->text + p->length - n, mark, n) == 0)
        p->text[p->length -= n] = '\0';
}

enum vl_fd_type fds_ask(int fd, struct path *name)
{
    if (!path_of_descriptor(name, fd)) {
        name->length = 0;
        return VL_FD_OTHER;
    }
    strip_deleted(name);
    return type_of_name(name->text);
}

struct fd_entry *fds_known(int fd)
{
    struct fd_entry *e = entry_make(fd);
    if (!e || fds_serial(e) != 0)
        return e;
    SCRATCH(struct path, path);
    if (!path)
        return NULL;
    enum vl_fd_type type = fds_ask(fd, path);
    if (path->length == 0) {
        fill(fd, VL_FD_OTHER, NULL, VIDEO_NONE);
        return e;
    }
    fill(fd, type, path, type == VL_FD_FILE ? video_of_path(path->text, path->length, false) : VIDEO_NONE);
    return e;
}
