/* The rare half of recording calls that move bytes. */
#include "record.h"

#include "emit.h"
#include "plain.h"
#include "prompts.h"
#include "seals.h"
#include "video.h"

static bool code_writes(uint8_t code)
{
    switch (code) {
    case VL_file_write:
    case VL_file_pwrite:
    case VL_file_writev:
    case VL_file_pwritev:
    case VL_stdio_write:
    case VL_socket_send:
    case VL_transfer_write:
        return true;
    default:
        return false;
    }
}

/* An event with a path belongs to that path's video; what is written there is what the thread works on. */
static uint32_t choose_video(struct thread *t, const struct fd_entry *e, uint8_t code)
{
    uint32_t video = fds_video(e);
    if (video == VIDEO_NONE)
        return t->video;
    if (video != t->video && code_writes(code) && !video_default.fixed && !t->video_held && t->child.pid == 0)
        thread_set_video(t, video);
    return video;
}

/* Into a writer that has room for it. */
static __attribute__((noinline)) void put_define(struct writer *w, int fd, enum vl_fd_type type,
                                                 const struct path *name)
{
    struct timing at = {w->last, w->last};
    EMIT_INTO(w, fd_define, at, (uint64_t)fd, type, {name->text, (uint32_t)name->length, false});
}

/* Defines a descriptor in the chunk that the next event goes to. False: nothing can be recorded. */
static __attribute__((noinline)) bool define(struct thread *t, uint32_t video, int fd, struct fd_entry *e,
                                             uintptr_t frame)
{
    SCRATCH(struct path, name);
    uint32_t serial = fds_serial(e);
    if (!name)
        return false;
    if (!fds_name(fd, name))
        name->length = 0;
    struct writer *w = writer_begin(t, video, (uint32_t)name->length + 6 * VL_VARINT_MAX, frame);
    if (!w)
        return false;
    put_define(w, fd, fds_type(e), name);
    w->seen[(unsigned)fd % SEEN_FDS] = serial;
    return true;
}

static void store(struct writer *w, uint8_t code, int fd, ssize_t result, int error, struct timing t)
{
    uint8_t *p = emit_timing((uint8_t *)w->cursor + 1, w, t);
    p = vl_put_varint(p, (uint64_t)fd);
    if (result < 0) {
        p = vl_put_varint(vl_put_varint(p, code), (uint64_t)error);
        code = VL_io_fail;
    } else {
        p = vl_put_varint(p, (uint64_t)result);
    }
    writer_commit(w, code, p, w->last + writer_since(w, t.end));
}

/* A descriptor that is none, or memory that is none, is the program's mistake and moved nothing. */
static bool error_is_known(ssize_t result, int error)
{
    return result >= 0 || (error != EBADF && error != EFAULT);
}

/* A vfork child has descriptors of its own, which are in no table: the kernel is asked each time. */
static __attribute__((noinline)) void record_guest(struct thread *thread, uint8_t code, int fd,
                                                   ssize_t result, struct timing t, uintptr_t frame)
{
    int error = errno;
    SCRATCH(struct path, name);
    if (!name)
        return;
    enum vl_fd_type type = fds_ask(fd, name);
    uint32_t video = type == VL_FD_FILE ? video_of_path(name->text, name->length, false) : VIDEO_NONE;
    if (video == VIDEO_NONE)
        video = thread->video;
    for (int tries = 0; tries < 3; tries++) { /* as below */
        struct writer *w = writer_begin(thread, video, (uint32_t)name->length + 8 * VL_VARINT_MAX, frame);
        if (!w)
            return;
        const uint8_t *chunk = w->base;
        put_define(w, fd, type, name);
        w = writer_begin(thread, video, RECORD_ROOM + VL_VARINT_MAX, frame);
        if (!w)
            return;
        if (w->base == chunk) {
            store(w, code, fd, result, error, t);
            return;
        }
        writer_release(w);
    }
}

static bool may_lead_to_a_program(const struct fd_entry *e)
{
    return fds_type(e) == VL_FD_PIPE || fds_type(e) == VL_FD_SOCKET;
}

static bool sends(uint8_t code)
{
    return code == VL_file_write || code == VL_file_writev || code == VL_stdio_write ||
           code == VL_socket_send;
}

static bool receives(uint8_t code)
{
    return code == VL_file_read || code == VL_file_readv || code == VL_stdio_read || code == VL_socket_recv;
}

/* What stands at 0 may be a named one; /dev/fd is where shells open those that they have made. */
static bool may_be_read_pipe(int fd, const struct fd_entry *e)
{
    return may_lead_to_a_program(e) || fd == 0 || fds_type(e) == VL_FD_DEVICE;
}

/* In the writer of that video, where the descriptor is defined. True: an answer has arrived. */
static bool record_known(struct thread *thread, struct fd_entry *e, uint8_t code, int fd, ssize_t result,
                         struct timing t, uintptr_t frame)
{
    int error = errno;
    bool answers = may_lead_to_a_program(e) && receives(code) && prompts_may_answer(fd, e, result > 0);
    uint32_t video = choose_video(thread, e, code);
    for (int tries = 0; tries < 3; tries++) { /* a signal handler may turn the chunk over in between */
        struct writer *w = writer_begin(thread, video, RECORD_ROOM + VL_VARINT_MAX, frame);
        if (!w)
            return false;
        if (w->seen[(unsigned)fd % SEEN_FDS] == fds_serial(e)) {
            if (answers)
                w->seen[(unsigned)fd % SEEN_FDS] = 0; /* the next one comes here, too */
            store(w, code, fd, result, error, t);
            return answers && result > 0;
        }
        writer_release(w);
        if (!define(thread, video, fd, e, frame))
            return false;
    }
    return false;
}

/* What is to be known of a descriptor before its call is recorded. */
static __attribute__((noinline)) struct fd_entry *look_at(uint8_t code, int fd)
{
    struct fd_entry *e = fds_known(fd);
    if (!e)
        return NULL;
    if (may_lead_to_a_program(e) && sends(code))
        prompts_look(fd, e);
    if ((receives(code) || code == VL_transfer_read) && may_be_read_pipe(fd, e) &&
        !__atomic_exchange_n(&e->told, true, __ATOMIC_RELAXED))
        seals_read(fd, e);
    return e;
}

COLD void record_io_slow(uint8_t code, int fd, ssize_t result, struct timing t, uintptr_t frame)
{
    struct thread *thread = thread_get();
    if (fd < 0 || !thread || !error_is_known(result, errno))
        return;
    if (thread->child.pid != 0) {
        record_guest(thread, code, fd, result, t, frame);
        return;
    }
    struct fd_entry *e = look_at(code, fd);
    if (e && record_known(thread, e, code, fd, result, t, frame))
        prompts_answered(e, (size_t)result);
}

__attribute__((noinline)) void record_move(uint8_t code, int fd, ssize_t result, uint64_t start)
{
    record_io(code, fd, result, start);
}

void record_transfer(int from, int to, ssize_t result, uint64_t start)
{
    if (result >= 0)
        record_move(VL_transfer_read, from, result, start);
    record_move(VL_transfer_write, to, result, start);
    if (unlikely(shim.plain != 0) && result > 0) {
        plain_lose(from);
        plain_lose(to);
    }
}
