/* Reads the logs.json that is there and puts the new one in its place. */
#include "base/atomic_file.h"
#include "emit/json.h"
#include "emit/log/log_document.h"
#include "emit/log/merge_log.h"
#include "emit/log/old_log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int replace(const char *path, const char *text, size_t bytes, struct err *err)
{
    struct atomic_file file;
    int status = atomic_file_open(&file, path, err);
    if (status)
        return status;
    fwrite(text, 1, bytes, file.stream);
    return atomic_file_commit(&file, err);
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

static int write_merged(const char *path, const char *target, json_t *document, struct logs_odd *odd,
                        struct err *err)
{
    json_t *old = NULL, *older = NULL;
    size_t bytes = 0;
    int status = old_log_read(target, &old, odd->aside, sizeof odd->aside, err);
    if (!status)
        status = old_log_read_beside(path, &older, odd->unread, sizeof odd->unread, err);
    if (!status) {
        json_t *merged = merge_log(old, older, document);
        char *text = json_write(merged, &bytes);
        status =
            text ? replace(target, text, bytes, err) : err_set(err, ERR_OUTPUT, "%s: out of memory.", target);
        free(text);
        json_decref(merged);
    }
    json_decref(old);
    json_decref(older);
    return status;
}

int log_file_write(const char *path, json_t *document, struct logs_odd *odd, struct err *err)
{
    char target[PATH_MAX];
    *odd = (struct logs_odd){0};
    if (!realpath(path, target)) /* a link stays a link */
        snprintf(target, sizeof target, "%s", path);
    int status = atomic_file_make_folders(target, err);
    if (status)
        return status;
    int held = hold_folder(target);
    status = write_merged(path, target, document, odd, err);
    if (held >= 0)
        close(held);
    return status;
}
