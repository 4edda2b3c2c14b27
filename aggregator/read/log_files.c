/* A logs.json, or all of them below a folder. */
#include "read/log_files.h"

#include <jansson.h>
#include <stddef.h>

#include "base/raw_json.h"

#include <errno.h>
#include <fts.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- entries that both a program and the recorder told of ---- */

/* What the entry is to be; NULL: it is as it should be. A new reference. */
static json_t *unfolded(json_t *entry)
{
    json_t *recorded = json_object_get(entry, "recorded");
    if (!json_is_object(recorded) || !json_object_get(recorded, "by"))
        return NULL;
    json_t *both = json_copy(recorded);
    json_object_update_missing(both, entry);
    json_object_del(both, "recorded");
    return both;
}

static void unfold_rows(json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *both = unfolded(json_array_get(list, i));
        if (both)
            json_array_set_new(list, i, both);
    }
}

static void unfold_members(json_t *object)
{
    const char *key;
    json_t *entry;
    json_object_foreach(object, key, entry)
    {
        json_t *both = unfolded(entry);
        if (both)
            json_object_set_new(object, key, both);
    }
}

static void recorded_unfold(json_t *document)
{
    const char *stage;
    json_t *list;
    unfold_members(json_object_get(document, "stages"));
    unfold_members(json_object_get(document, "errors"));
    unfold_rows(json_object_get(document, "claude_api_usage"));
    unfold_rows(json_object_get(document, "validation_history"));
    json_object_foreach(json_object_get(document, "retry_attempts"), stage, list) unfold_rows(list);
}

/* ---- */

#define LOG_BELOW "/.pipeline/logs/logs.json"

bool log_files_is_spool(const char *path)
{
    char pattern[4096];
    glob_t found;
    if ((size_t)snprintf(pattern, sizeof pattern, "%s/*/*.vls*", path) >= sizeof pattern)
        return false;
    bool spool = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
    globfree(&found);
    return spool;
}

/* NULL with errno set: it cannot be read; with errno 0: it is no JSON. */
static json_t *load(const char *path, json_error_t *at)
{
    struct stat st = {0};
    size_t bytes = 0;
    errno = 0;
    FILE *file = fopen(path, "re");
    char *text = file && fstat(fileno(file), &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;
    size_t length = text ? fread(text, 1, (size_t)st.st_size, file) : 0;
    char *held =
        text && !ferror(file) ? raw_json_hold((struct str){text, length}, RAW_JSON_NEEDED, &bytes) : NULL;
    int error = held ? 0 : errno ? errno : EIO;
    if (file)
        fclose(file);
    free(text);
    json_t *document = held ? json_loadb(held, bytes, 0, at) : NULL;
    free(held);
    errno = error;
    return document;
}

static int read_one(const char *path, json_t *documents, struct err *err)
{
    json_error_t at;
    json_t *document = load(path, &at);
    if (!document && errno)
        return err_set(err, ERR_INPUT, "%s cannot be read: %s", path, strerror(errno));
    if (!document)
        return err_set(err, ERR_INPUT, "%s:%d:%d: %s; name a logs.json, a folder with some, or a spool", path,
                       at.line, at.column, at.text);
    if (!json_is_object(document)) {
        json_decref(document);
        return err_set(err, ERR_INPUT, "%s is no log: an object was expected", path);
    }
    recorded_unfold(document);
    json_array_append_new(documents, document);
    return 0;
}

static bool is_log(const FTSENT *entry)
{
    const size_t n = sizeof LOG_BELOW - 1;
    return entry->fts_info == FTS_F && entry->fts_pathlen >= n &&
           strcmp(entry->fts_path + entry->fts_pathlen - n, LOG_BELOW) == 0;
}

static int by_name(const FTSENT **one, const FTSENT **other)
{
    return strcmp((*one)->fts_name, (*other)->fts_name);
}

static int read_below(const char *folder, json_t *documents, struct err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", folder);
    char *const roots[] = {path, NULL};
    size_t before = json_array_size(documents);
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    int status = walk ? 0 : err_set(err, ERR_INPUT, "%s cannot be read: %s", folder, strerror(errno));
    for (FTSENT *entry; !status && (entry = fts_read(walk));)
        if (is_log(entry))
            status = read_one(entry->fts_path, documents, err);
    if (walk)
        fts_close(walk);
    if (!status && json_array_size(documents) == before)
        status = err_set(
            err, ERR_INPUT,
            "%s holds neither recordings nor a logs.json; name a spool, or the folder of a folded video",
            folder);
    return status;
}

int log_files_read(const char *path, json_t *documents, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_set(err, ERR_INPUT, "%s: %s; name a spool or a logs.json", path, strerror(errno));
    return S_ISDIR(st.st_mode) ? read_below(path, documents, err) : read_one(path, documents, err);
}
