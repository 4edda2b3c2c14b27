/* What each descriptor of this process is: path, kind, video. A fixed table of small entries, guarded by a
 * sequence number each: no lock; a reader that meets a writer takes the descriptor for unknown. Numbers
 * beyond the table get more of it from the kernel. A vfork child has a table of its own in the kernel:
 * nothing is entered for it here. */
#ifndef SHIM_FDS_H
#define SHIM_FDS_H

#include "paths.h"
#include "threads.h"
#include "vl/event.h"

#define FDS_DIRECT  256 /* found without a second look */
#define FDS_SEGMENT 1024
#define FDS_MAX     (1u << 20)

#define NO_PRINTER UINT32_MAX

/* All but the texts are atomics; who is no writer asks the functions below. */
struct fd_entry {
    uint32_t serial;   /* names this use of the number; 0: not known */
    uint32_t sequence; /* sequence.h: guards the rest */
    uint32_t video;    /* of the path; VIDEO_NONE: whatever the thread works on */
    uint32_t printer;  /* atomic; a pipe: pid of the claude program that prints into it; 0: not asked yet */
    uint8_t type;      /* enum vl_fd_type */
    uint8_t tapped;    /* atomic; a mark of plain.c's; 0: none */
    uint8_t made;      /* atomic; an end of a pipe that this process made: its generation; 0: not */
    bool told;         /* atomic; what is read here was looked at by seals.c */
    bool written;      /* atomic; a pipe: whether it leads to a claude program was asked at the first write */
    uint16_t length;   /* of the path */
    char *long_path;   /* instead of text, where it does not fit */
    char text[96];
};

static inline uint32_t fds_serial(const struct fd_entry *e)
{
    return __atomic_load_n(&e->serial, __ATOMIC_RELAXED);
}
static inline uint32_t fds_video(const struct fd_entry *e)
{
    return __atomic_load_n(&e->video, __ATOMIC_RELAXED);
}
static inline enum vl_fd_type fds_type(const struct fd_entry *e)
{
    return __atomic_load_n(&e->type, __ATOMIC_RELAXED);
}

extern struct fd_entry fds_direct[FDS_DIRECT];

/* The entry of a number, or NULL: none, or beyond the table. */
struct fd_entry *fds_far(int fd);

static inline struct fd_entry *fds_entry(int fd)
{
    return likely((unsigned)fd < FDS_DIRECT) ? &fds_direct[fd] : fds_far(fd);
}

/* fd is an end of a pipe that this process made; a forked child's are its parent's. */
void fds_set_made(int fd);
bool fds_made_here(const struct fd_entry *e);
void fds_begin_child(void);

/* fd was opened. path may be NULL for what has none. */
void fds_set(int fd, enum vl_fd_type type, const struct path *path, uint32_t video);
void fds_clear(int fd);
void fds_clear_range(unsigned first, unsigned last);
void fds_copy(int from, int to);

/* The path that it was opened by, or the kernel's name for what has none; false: not known. */
bool fds_name(int fd, struct path *out);

/* What the kernel knows of a descriptor, in a vfork child the child's own; an empty name: nothing. */
enum vl_fd_type fds_ask(int fd, struct path *name);

/* Makes sure that a descriptor is known, asking the kernel if it must. NULL: beyond the table. */
struct fd_entry *fds_known(int fd);

/* After fd_define or file_open in a chunk: its writer need not define the descriptor again. */
static inline void fds_seen(struct writer *w, int fd, const struct fd_entry *e)
{
    w->seen[(unsigned)fd % SEEN_FDS] = fds_serial(e);
}

#endif
