/* Each step as the recorder takes it: the file is told to append when it is open, what is stored in the
 * mapping is read by another descriptor, and the page after it is appended by that one. */
#include "inspect/trial.h"

#include "vl/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK 0x5a

struct trial {
    struct arena *arena;
    int folder, file, other; /* descriptors; -1: none */
    uint8_t *page;
};

static struct str because(struct trial *t, const char *what)
{
    return str_format(t->arena, "%s: %s", what, strerror(errno));
}

static bool append(int fd)
{
    static const char zeros[VL_PAGE];
    return fcntl(fd, F_SETFL, O_APPEND) == 0 && write(fd, zeros, sizeof zeros) == (ssize_t)sizeof zeros;
}

static int open_file(const struct trial *t, int more)
{
    return openat(t->folder, "a", O_RDWR | O_CLOEXEC | O_NOFOLLOW | more, 0600);
}

/* "": so far all is well. */
static struct str probe_mapping(struct trial *t)
{
    if ((t->file = open_file(t, O_CREAT | O_EXCL)) < 0 || !append(t->file))
        return because(t, "a file there cannot be made or appended to");
    void *page = mmap(NULL, VL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, t->file, 0);
    if (page == MAP_FAILED)
        return because(t, "files there cannot be mapped and shared");
    t->page = page;
    t->page[0] = MARK;
    return STR("");
}

/* What another process would see of it, and leave of it. */
static struct str probe_sharing(struct trial *t)
{
    uint8_t seen = 0;
    struct stat st;
    if ((t->other = open_file(t, 0)) < 0 || pread(t->other, &seen, 1, 0) != 1)
        return because(t, "a file there cannot be read");
    if (seen != MARK)
        return STR("what is stored in a mapped file there is not seen by others");
    if (!append(t->other) || msync(t->page, VL_PAGE, MS_SYNC) != 0 || fstat(t->other, &st) != 0)
        return because(t, "a file there cannot be appended to");
    if (st.st_size != 2 * VL_PAGE || pread(t->other, &seen, 1, 0) != 1 || seen != MARK)
        return STR("what is stored in a mapped file there does not stay at its place");
    return STR("");
}

static struct str probe_names(struct trial *t)
{
    return renameat(t->folder, "a", t->folder, "b") == 0 && unlinkat(t->folder, "b", 0) == 0
               ? STR("")
               : because(t, "files there cannot be renamed and removed");
}

static void end(struct trial *t)
{
    if (t->page)
        munmap(t->page, VL_PAGE);
    if (t->file >= 0)
        close(t->file);
    if (t->other >= 0)
        close(t->other);
    unlinkat(t->folder, "a", 0);
    close(t->folder);
}

struct str trial_of_spool(struct arena *arena, const char *folder)
{
    struct trial t = {.arena = arena, .file = -1, .other = -1};
    char *path = (char *)(uintptr_t)str_c(arena, str_format(arena, "%s/.vlagg-doctor-XXXXXX", folder));
    if (!mkdtemp(path))
        return because(&t, "no folder can be made there");
    t.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t.folder < 0) {
        struct str why = because(&t, "a folder there cannot be opened");
        rmdir(path);
        return why;
    }
    struct str why = probe_mapping(&t);
    if (!why.len)
        why = probe_sharing(&t);
    if (!why.len)
        why = probe_names(&t);
    end(&t);
    rmdir(path);
    return why;
}
