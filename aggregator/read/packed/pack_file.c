/* Write beside, fsync, compare, rename, fsync the folder, remove. */
#include "read/packed/pack_file.h"

#include "read/packed/member.h"
#include "read/packed/pack_columns.h"
#include "read/packed/packed.h"
#include "read/read_all.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, STR_FMT, STR_ARG(str_dirname(str_of(path))));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

int pack_set_aside(struct arena *arena, struct spool_file *file, struct err *err)
{
    struct str stem = str_slice(file->path, 0, file->path.len - (sizeof VL_FILE_SUFFIX - 1));
    if (str_find(str_basename(stem), STR("-packed")) >= 0) /* it was before, and somebody lived */
        return 0;
    for (unsigned n = 1; n < 10000; n++) {
        struct str path = str_format(arena, STR_FMT "-packed%u" VL_FILE_SUFFIX, STR_ARG(stem), n);
        if (access(str_format(arena, STR_FMT PACKED_SUFFIX, STR_ARG(path)).ptr, F_OK) == 0 ||
            access(str_format(arena, STR_FMT PACKED_OLD_SUFFIX, STR_ARG(path)).ptr, F_OK) == 0)
            continue;
        if (renameat2(AT_FDCWD, file->path.ptr, AT_FDCWD, path.ptr, RENAME_NOREPLACE) == 0) {
            file->path = path;
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return err_set(err, ERR_OUTPUT, "%s cannot be set aside (%s); it was left as it is.", file->path.ptr,
                   strerror(errno));
}

static bool write_all(int fd, const uint8_t *bytes, size_t count)
{
    for (size_t done = 0; done < count;) {
        ssize_t wrote = write(fd, bytes + done, count - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        done += (size_t)wrote;
    }
    return true;
}

struct buffers {
    struct arena *arena;
    uint8_t *plain, *other;
};

static bool compress_into(int from, int to, const struct buffers *b)
{
    ssize_t got;
    size_t whole;
    for (uint64_t at = 0; (got = read_all(from, b->plain, MEMBER_BYTES, at)) > 0; at += whole) {
        whole = pack_columns_cut(b->plain, (size_t)got);
        if (!write_all(to, b->other, member_pack(b->plain, whole, b->other)))
            return false;
    }
    return got == 0;
}

/* Whether what was written unpacks to what the file holds now. */
static bool holds_the_same(int from, int packed_fd, const struct buffers *b)
{
    struct packed *packed = packed_open(packed_fd);
    uint64_t at = 0;
    ssize_t got = 0;
    bool same = packed != NULL;
    while (same && (got = read_all(from, b->plain, MEMBER_BYTES, at)) > 0) {
        same = packed_read(packed, b->other, (size_t)got, at) == got &&
               memcmp(b->plain, b->other, (size_t)got) == 0;
        at += (uint64_t)got;
    }
    same = same && got == 0 && at == packed_bytes(packed);
    packed_close(packed);
    return same;
}

static bool unpack_into(int from, int to, const struct buffers *b)
{
    struct packed *packed = packed_open(from);
    ssize_t got = 0;
    for (uint64_t at = 0; packed && (got = packed_read(packed, b->plain, MEMBER_BYTES, at)) > 0;
         at += (uint64_t)got)
        if (!write_all(to, b->plain, (size_t)got))
            got = -1;
    bool whole = packed && packed_is_whole(packed);
    packed_close(packed);
    return got == 0 && whole;
}

/* Two ways between the two forms of a file. */
struct way {
    const char *verb;
    bool (*fill)(int from, int to, const struct buffers *b);
    bool back;
};

static const struct way packing = {"packed", compress_into, false}, undoing = {"unpacked", unpack_into, true};

/* Its rights and its age stay what they were. */
static bool finish(int fd, const struct stat *st)
{
    const struct timespec times[2] = {st->st_atim, st->st_mtim};
    return fchmod(fd, st->st_mode & 07777) == 0 && futimens(fd, times) == 0 && fsync(fd) == 0;
}

static int fail(const struct way *way, const char *path, const char *fresh, struct err *err)
{
    int status = err_set(err, ERR_OUTPUT, "%s cannot be %s (%s); it was left as it is.", path, way->verb,
                         errno       ? strerror(errno)
                         : way->back ? "it is damaged"
                                     : "it changed meanwhile");
    if (*fresh)
        unlink(fresh);
    return status;
}

static bool write_other(const struct way *way, const char *fresh, const char *target, int from, int to,
                        struct pack_sizes *sizes)
{
    struct arena *arena = arena_new();
    struct buffers b = {arena, arena_alloc(arena, MEMBER_BYTES), arena_alloc(arena, member_bound())};
    struct stat st, other;
    errno = 0;
    bool good = fstat(from, &st) == 0 && way->fill(from, to, &b) &&
                holds_the_same(way->back ? to : from, way->back ? from : to, &b) && finish(to, &st) &&
                fstat(to, &other) == 0 && rename(fresh, target) == 0;
    arena_free(arena);
    if (!good)
        return false;
    *sizes = (struct pack_sizes){(uint64_t)st.st_size, (uint64_t)other.st_size};
    sync_folder(target);
    return true;
}

/* Puts `target` in the place of the file. */
static int convert(const struct way *way, const struct spool_file *file, const char *target,
                   struct pack_sizes *sizes, struct err *err)
{
    char fresh[PATH_MAX] = "";
    const char *path = file->path.ptr;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail(way, path, "", err);
    snprintf(fresh, sizeof fresh, STR_FMT "/.pack.XXXXXX",
             STR_ARG(str_dirname(file->path))); /* hidden: not listed */
    int to = mkostemp(fresh, O_CLOEXEC);
    int status = to < 0 ? fail(way, path, "", err) : 0;
    if (!status && !write_other(way, fresh, target, from, to, sizes))
        status = fail(way, path, fresh, err);
    if (to >= 0)
        close(to);
    close(from);
    if (!status && unlink(path) != 0)
        status = err_set(err, ERR_OUTPUT, "%s was %s but cannot be removed: %s.", path, way->verb,
                         strerror(errno));
    sync_folder(path);
    return status;
}

int pack_file(const struct spool_file *file, struct pack_sizes *sizes, struct err *err)
{
    char target[PATH_MAX];
    snprintf(target, sizeof target, STR_FMT PACKED_SUFFIX, STR_ARG(file->path));
    return convert(&packing, file, target, sizes, err);
}

int pack_undo(const struct spool_file *file, struct pack_sizes *sizes, struct err *err)
{
    char target[PATH_MAX];
    ptrdiff_t suffix = (ptrdiff_t)file->path.len;
    while (suffix > 0 && file->path.ptr[suffix] != '.')
        suffix--;
    snprintf(target, sizeof target, "%.*s", (int)suffix, file->path.ptr);
    return convert(&undoing, file, target, sizes, err);
}
