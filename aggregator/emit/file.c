/* Reads the logs.json that is there and puts the new one in its place. */
#include "base/place.h"
#include "emit/json.h"
#include "emit/logs.h"
#include "emit/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

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

static int replace(const char *path, const char *text, size_t bytes, struct err *err)
{
    struct place place;
    int status = place_open(&place, path, err);
    if (status)
        return status;
    fwrite(text, 1, bytes, place.stream);
    return place_commit(&place, err);
}

/* Others that write there hold the folder meanwhile, as the Python module does; it is let go when closed. -1:
 * it cannot be held, and what is left is the one rename. */
static int hold_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    int fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd >= 0 && flock(fd, LOCK_EX) != 0 && errno == EINTR)
        ;
    return fd;
}

static int write_merged(const char *target, json_t *document, char *aside, size_t aside_bytes,
                        struct err *err)
{
    json_t *old = NULL;
    size_t bytes = 0;
    int status = read_old(target, &old, aside, aside_bytes, err);
    if (status)
        return status;
    json_t *merged = merge_documents(old, document);
    char *text = json_write(merged, &bytes);
    status =
        text ? replace(target, text, bytes, err) : err_set(err, ERR_OUTPUT, "%s: out of memory.", target);
    free(text);
    json_decref(merged);
    json_decref(old);
    return status;
}

int logs_write(const char *path, json_t *document, char *aside, size_t aside_bytes, struct err *err)
{
    char target[PATH_MAX];
    if (!realpath(path, target)) /* a link stays a link */
        snprintf(target, sizeof target, "%s", path);
    int status = place_make_folders(target, err);
    if (status)
        return status;
    int held = hold_folder(target);
    status = write_merged(target, document, aside, aside_bytes, err);
    if (held >= 0)
        close(held);
    return status;
}
