/* Reads the logs.json that is there and puts the new one in its place. */
#include "emit/json.h"
#include "emit/logs.h"
#include "emit/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_folders(const char *path, struct err *err)
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

/* The first free one of path.unreadable, path.unreadable-1, ... */
static int move_aside(const char *path, char *aside, size_t bytes, struct err *err)
{
    snprintf(aside, bytes, "%s.unreadable", path);
    for (unsigned n = 1; access(aside, F_OK) == 0; n++)
        snprintf(aside, bytes, "%s.unreadable-%u", path, n);
    if (rename(path, aside) == 0)
        return 0;
    return err_set(err, ERR_OUTPUT, "%s is not readable as a log and cannot be moved aside: %m.", path);
}

/* *old: what is there; NULL when nothing is, or when it had to be moved aside. */
static int read_old(const char *path, json_t **old, char *aside, size_t aside_bytes, struct err *err)
{
    *old = NULL;
    *aside = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        return err_set(err, ERR_INPUT, "%s cannot be opened: %m.", path);
    json_error_t at;
    FILE *file = fdopen(fd, "r");
    *old = file ? json_loadf(file, 0, &at) : NULL;
    bool failed = !file || ferror(file);
    if (file)
        fclose(file);
    else
        close(fd);
    if (failed)
        return err_set(err, ERR_INPUT, "%s cannot be read; nothing was changed.", path);
    if (json_is_object(*old))
        return 0;
    json_decref(*old);
    *old = NULL;
    return move_aside(path, aside, aside_bytes, err);
}

static int write_all(int fd, const char *text, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t put = write(fd, text + done, bytes - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        done += (size_t)put;
    }
    return 0;
}

static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *end = strrchr(folder, '/');
    if (!end)
        return;
    *end = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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

static int replace(const char *path, const char *text, size_t bytes, struct err *err)
{
    char fresh[PATH_MAX];
    snprintf(fresh, sizeof fresh, "%.*s.XXXXXX", PATH_MAX - 8, path);
    int fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_OUTPUT, "%s cannot be written: %m.", path);
    bool good = write_all(fd, text, bytes) == 0 && fchmod(fd, mode_for(path)) == 0 && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    good = good && rename(fresh, path) == 0;
    if (!good) {
        int status = err_set(err, ERR_OUTPUT, "%s cannot be written: %m.", path);
        unlink(fresh);
        return status;
    }
    sync_folder(path);
    return 0;
}

int logs_write(const char *path, json_t *document, char *aside, size_t aside_bytes, struct err *err)
{
    char target[PATH_MAX];
    json_t *old = NULL;
    size_t bytes = 0;
    if (!realpath(path, target)) /* a link stays a link */
        snprintf(target, sizeof target, "%s", path);
    int status = make_folders(target, err);
    if (!status)
        status = read_old(target, &old, aside, aside_bytes, err);
    if (status)
        return status;
    json_t *merged = merge_documents(old, document);
    char *text = json_write(merged, &bytes);
    status = text ? replace(target, text, bytes, err) : err_set(err, ERR_OUTPUT, "%s: out of memory.", path);
    free(text);
    json_decref(merged);
    json_decref(old);
    return status;
}
