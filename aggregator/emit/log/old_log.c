/* Whole files, parsed without a digit being lost. */
#include "emit/log/old_log.h"

#include "base/raw_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* All of a file; NULL with *status 0: there is none. */
static char *read_all(const char *path, size_t *bytes, int *status, struct err *err)
{
    char *text = NULL, block[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *status = 0;
    if (fd < 0 && errno != ENOENT)
        *status = err_set(err, ERR_INPUT, "%s cannot be opened: %m.", path);
    FILE *out = fd < 0 ? NULL : open_memstream(&text, bytes);
    ssize_t got = -1;
    while (out && (got = read(fd, block, sizeof block)) > 0)
        fwrite(block, 1, (size_t)got, out);
    if (fd >= 0 && got < 0)
        *status = err_set(err, ERR_INPUT, "%s cannot be read; nothing was changed.", path);
    if (out)
        fclose(out);
    if (fd >= 0)
        close(fd);
    return text;
}

static json_t *parsed(const char *text, size_t bytes, size_t flags)
{
    size_t length = 0;
    char *held = raw_json_hold((struct str){text, bytes}, RAW_JSON_ALL, &length);
    json_t *document = held ? json_loadb(held, length, flags, NULL) : NULL;
    free(held);
    if (json_is_object(document))
        return document;
    json_decref(document);
    return NULL;
}

/* One in which a key stands twice is read, and kept aside as well: of the first one's value nothing would be
 * left. */
int old_log_read(const char *path, json_t **old, char *aside, size_t aside_bytes, struct err *err)
{
    size_t bytes = 0;
    int status;
    *aside = '\0';
    char *text = read_all(path, &bytes, &status, err);
    *old = text && !status ? parsed(text, bytes, 0) : NULL;
    json_t *strict = *old ? parsed(text, bytes, JSON_REJECT_DUPLICATES) : NULL;
    if (text && !status && !strict)
        status = move_aside(path, aside, aside_bytes, err);
    json_decref(strict);
    free(text);
    return status;
}

#define LOG_BELOW "/.pipeline/logs/logs.json"

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int old_log_read_beside(const char *path, json_t **older, char *unread, size_t unread_bytes, struct err *err)
{
    size_t bytes = 0, length = strlen(path), below = strlen(LOG_BELOW);
    int status = 0;
    *older = NULL;
    *unread = '\0';
    if (length < below || strcmp(path + length - below, LOG_BELOW) != 0)
        return 0;
    char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%.*s/logs.json", (int)(length - below), path);
    char *text = is_file(beside) ? read_all(beside, &bytes, &status, err) : NULL;
    *older = text && !status ? parsed(text, bytes, 0) : NULL;
    if (text && !status && !*older)
        snprintf(unread, unread_bytes, "%s", beside);
    free(text);
    return status;
}
