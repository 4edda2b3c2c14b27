/* mkostemp beside the target, fsync, rename, fsync of the folder. */
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int atomic_file_make_folders(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return err_set(err, ERR_OUTPUT, "%s cannot be made for %s: %m.", folder, path);
        *at = '/';
    }
    return 0;
}

static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *end = strrchr(folder, '/');
    if (end)
        *(end == folder ? end + 1 : end) = '\0';
    int fd = open(end ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* as well as the file system can */
        close(fd);
    }
}

/* The mode of the file that is replaced, or what a new file gets. */
static mode_t mode_for(const char *path)
{
    struct stat there;
    if (stat(path, &there) == 0)
        return there.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int failed(struct atomic_file *file, struct err *err)
{
    int status = err_set(err, ERR_OUTPUT, "%s cannot be written: %m.", file->target);
    atomic_file_abandon(file);
    return status;
}

int atomic_file_open(struct atomic_file *file, const char *path, struct err *err)
{
    *file = (struct atomic_file){0};
    if (!realpath(path, file->target))
        snprintf(file->target, sizeof file->target, "%s", path);
    snprintf(file->fresh, sizeof file->fresh, "%.*s.XXXXXX", PATH_MAX - 8, file->target);
    int fd = mkostemp(file->fresh, O_CLOEXEC);
    if (fd < 0) {
        *file->fresh = '\0';
        return failed(file, err);
    }
    if (fchmod(fd, mode_for(file->target)) == 0)
        file->stream = fdopen(fd, "w");
    if (file->stream)
        return 0;
    close(fd);
    return failed(file, err);
}

int atomic_file_finish(struct atomic_file *file, struct err *err)
{
    FILE *stream = file->stream;
    bool good = !ferror(stream) && fflush(stream) == 0 && fsync(fileno(stream)) == 0;
    int error = errno;
    file->stream = NULL;
    if (fclose(stream) != 0 && good) {
        good = false;
        error = errno;
    }
    errno = error;
    return good ? 0 : failed(file, err);
}

int atomic_file_reveal(struct atomic_file *file, struct err *err)
{
    if (rename(file->fresh, file->target) != 0)
        return failed(file, err);
    *file->fresh = '\0';
    sync_folder(file->target);
    return 0;
}

int atomic_file_commit(struct atomic_file *file, struct err *err)
{
    int status = atomic_file_finish(file, err);
    return status ? status : atomic_file_reveal(file, err);
}

void atomic_file_abandon(struct atomic_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (*file->fresh)
        unlink(file->fresh);
    file->stream = NULL;
    *file->fresh = '\0';
}

static int write_stdout(int (*write)(FILE *out, const void *what), const void *what, struct err *err)
{
    if ((write(stdout, what) || fflush(stdout)) && errno != EPIPE)
        return err_set(err, ERR_OUTPUT, "Standard output could not be written: %s.", strerror(errno));
    return 0;
}

int atomic_file_write(const char *path, int (*write)(FILE *out, const void *what), const void *what,
                      struct err *err)
{
    struct atomic_file file;
    if (strcmp(path, "-") == 0)
        return write_stdout(write, what, err);
    int status = atomic_file_open(&file, path, err);
    if (!status) {
        write(file.stream, what); /* a stream remembers that it failed */
        status = atomic_file_commit(&file, err);
    }
    return status;
}
