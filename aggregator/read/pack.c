/* Write beside, fsync, compare, rename, fsync the folder, remove. */
#include "read/pack.h"

#include "read/fully.h"
#include "read/packed.h"
#include "read/usage_file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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
        struct str packed = str_format(arena, STR_FMT PACKED_SUFFIX, STR_ARG(path));
        if (access(packed.ptr, F_OK) == 0)
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
        ssize_t put = write(fd, bytes + done, count - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
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
    for (uint64_t at = 0; (got = read_fully(from, b->plain, PACKED_MEMBER, at)) > 0; at += (uint64_t)got)
        if (!write_all(to, b->other, packed_member(b->plain, (size_t)got, b->other)))
            return false;
    return got == 0;
}

/* Whether what was written unpacks to what the file holds now. */
static bool holds_the_same(int from, int packed_fd, const struct buffers *b)
{
    struct packed *packed = packed_open(packed_fd);
    uint64_t at = 0;
    ssize_t got = 0;
    bool same = packed != NULL;
    while (same && (got = read_fully(from, b->plain, PACKED_MEMBER, at)) > 0) {
        same = packed_read(packed, b->other, (size_t)got, at) == got &&
               memcmp(b->plain, b->other, (size_t)got) == 0;
        at += (uint64_t)got;
    }
    same = same && got == 0 && at == packed_bytes(packed);
    packed_close(packed);
    return same;
}

/* Its rights and its age stay what they were. */
static bool finish(int fd, const struct stat *st)
{
    const struct timespec times[2] = {st->st_atim, st->st_mtim};
    return fchmod(fd, st->st_mode & 07777) == 0 && futimens(fd, times) == 0 && fsync(fd) == 0;
}

static int fail(const char *path, const char *fresh, struct err *err)
{
    int status = err_set(err, ERR_OUTPUT, "%s cannot be packed (%s); it was left as it is.", path,
                         errno ? strerror(errno) : "it changed meanwhile");
    if (*fresh)
        unlink(fresh);
    return status;
}

static int write_packed(const struct spool_file *file, const char *fresh, int from, int to, uint64_t *before,
                        uint64_t *after)
{
    struct arena *arena = arena_new();
    struct buffers b = {arena, arena_alloc(arena, PACKED_MEMBER),
                        arena_alloc(arena, packed_bound(PACKED_MEMBER))};
    struct stat st, packed;
    char target[PATH_MAX];
    snprintf(target, sizeof target, STR_FMT PACKED_SUFFIX, STR_ARG(file->path));
    errno = 0;
    bool good = fstat(from, &st) == 0 && compress_into(from, to, &b) && holds_the_same(from, to, &b) &&
                finish(to, &st) && fstat(to, &packed) == 0 && rename(fresh, target) == 0;
    arena_free(arena);
    if (!good)
        return -1;
    *before = (uint64_t)st.st_size;
    *after = (uint64_t)packed.st_size;
    sync_folder(target);
    return 0;
}

int pack_file(const struct spool_file *file, uint64_t *before, uint64_t *after, struct err *err)
{
    char fresh[PATH_MAX] = "";
    int from = open(file->path.ptr, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail(file->path.ptr, "", err);
    snprintf(fresh, sizeof fresh, STR_FMT "/.pack.XXXXXX",
             STR_ARG(str_dirname(file->path))); /* hidden: not listed */
    int to = mkostemp(fresh, O_CLOEXEC);
    int status = to < 0 ? fail(file->path.ptr, "", err) : 0;
    if (!status && write_packed(file, fresh, from, to, before, after) < 0)
        status = fail(file->path.ptr, fresh, err);
    if (to >= 0)
        close(to);
    close(from);
    if (!status && unlink(file->path.ptr) != 0)
        status = err_set(err, ERR_OUTPUT, "%s was packed but cannot be removed: %s.", file->path.ptr,
                         strerror(errno));
    sync_folder(file->path.ptr);
    return status;
}

int pack_remove(const struct spool_file *file, struct err *err)
{
    if (unlink(file->path.ptr) != 0)
        return err_set(err, ERR_OUTPUT, "%s cannot be removed: %s.", file->path.ptr, strerror(errno));
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, STR_FMT, STR_ARG(str_dirname(file->path)));
    rmdir(folder); /* where others are in it, it stays */
    return 0;
}

static bool has_recording(const char *stem)
{
    char pattern[PATH_MAX + 32];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s*" VL_FILE_SUFFIX "*", stem);
    bool any = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
    globfree(&found);
    return any;
}

void pack_remove_orphans(const char *spool)
{
    char pattern[PATH_MAX + 32], stem[PATH_MAX];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/" VL_RUN_FOLDER "/*" USAGE_SUFFIX, spool);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            int length = (int)(strlen(found.gl_pathv[i]) - (sizeof USAGE_SUFFIX - 1));
            snprintf(stem, sizeof stem, "%.*s", length, found.gl_pathv[i]);
            if (!has_recording(stem))
                unlink(found.gl_pathv[i]);
        }
    globfree(&found);
    snprintf(stem, sizeof stem, "%s/" VL_RUN_FOLDER, spool);
    rmdir(stem);
}
