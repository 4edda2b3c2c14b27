/* mkostemp beside the target, fsync, rename, fsync of the folder. */
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int place_make_folders(const char *path, struct err *err)
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

static int failed(struct place *place, struct err *err)
{
    int status = err_set(err, ERR_OUTPUT, "%s cannot be written: %m.", place->target);
    place_abandon(place);
    return status;
}

int place_open(struct place *place, const char *path, struct err *err)
{
    *place = (struct place){0};
    if (!realpath(path, place->target))
        snprintf(place->target, sizeof place->target, "%s", path);
    snprintf(place->fresh, sizeof place->fresh, "%.*s.XXXXXX", PATH_MAX - 8, place->target);
    int fd = mkostemp(place->fresh, O_CLOEXEC);
    if (fd < 0) {
        *place->fresh = '\0';
        return failed(place, err);
    }
    if (fchmod(fd, mode_for(place->target)) == 0)
        place->stream = fdopen(fd, "w");
    if (place->stream)
        return 0;
    close(fd);
    return failed(place, err);
}

int place_finish(struct place *place, struct err *err)
{
    FILE *stream = place->stream;
    bool good = !ferror(stream) && fflush(stream) == 0 && fsync(fileno(stream)) == 0;
    int error = errno;
    place->stream = NULL;
    if (fclose(stream) != 0 && good) {
        good = false;
        error = errno;
    }
    errno = error;
    return good ? 0 : failed(place, err);
}

int place_reveal(struct place *place, struct err *err)
{
    if (rename(place->fresh, place->target) != 0)
        return failed(place, err);
    *place->fresh = '\0';
    sync_folder(place->target);
    return 0;
}

int place_commit(struct place *place, struct err *err)
{
    int status = place_finish(place, err);
    return status ? status : place_reveal(place, err);
}

void place_abandon(struct place *place)
{
    if (place->stream)
        fclose(place->stream);
    if (*place->fresh)
        unlink(place->fresh);
    place->stream = NULL;
    *place->fresh = '\0';
}

static int write_stdout(int (*write)(FILE *out, const void *what), const void *what, struct err *err)
{
    if ((write(stdout, what) || fflush(stdout)) && errno != EPIPE)
        return err_set(err, ERR_OUTPUT, "Standard output could not be written: %s.", strerror(errno));
    return 0;
}

int place_write(const char *path, int (*write)(FILE *out, const void *what), const void *what,
                struct err *err)
{
    struct place place;
    if (strcmp(path, "-") == 0)
        return write_stdout(write, what, err);
    int status = place_open(&place, path, err);
    if (!status) {
        write(place.stream, what); /* a stream remembers that it failed */
        status = place_commit(&place, err);
    }
    return status;
}
