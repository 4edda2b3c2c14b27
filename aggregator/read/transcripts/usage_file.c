/* JSON lines with short, flat objects; keys that a line does not have are not known. */
#include "read/transcripts/usage_file.h"

#include "base/diag.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Numbers by name, the same when reading and writing. */
static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
    {"at_ns", offsetof(struct session_row, at_ns)},
    {"http_status", offsetof(struct session_row, http_status)},
    {"wait_ns", offsetof(struct session_row, wait_ns)},
    {"input", offsetof(struct session_row, tokens.input)},
    {"output", offsetof(struct session_row, tokens.output)},
    {"cache_write_5m", offsetof(struct session_row, tokens.cache_write_5m)},
    {"cache_write_1h", offsetof(struct session_row, tokens.cache_write_1h)},
    {"cache_read", offsetof(struct session_row, tokens.cache_read)},
    {"web_searches", offsetof(struct session_row, tokens.web_searches)},
    {"web_fetches", offsetof(struct session_row, tokens.web_fetches)},
};

static const struct {
    const char *key;
    size_t offset;
} texts[] = {
    {"session", offsetof(struct session_row, session)},
    {"message_id", offsetof(struct session_row, message_id)},
    {"request_id", offsetof(struct session_row, request_id)},
    {"model", offsetof(struct session_row, model)},
    {"stop_reason", offsetof(struct session_row, stop_reason)},
    {"service_tier", offsetof(struct session_row, service_tier)},
    {"error_type", offsetof(struct session_row, error_type)},
    {"error_message", offsetof(struct session_row, error_message)},
};

#define COUNT(table)          (sizeof(table) / sizeof *(table))
#define AT(type, row, offset) ((type *)(void *)((char *)(row) + (offset)))

static struct str text_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static int64_t number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

static void read_row(struct transcript_store *store, const json_t *line, bool is_error)
{
    struct session_row row = {.is_error = is_error};
    row.sidechain = json_is_true(json_object_get(line, "sidechain"));
    for (size_t i = 0; i < COUNT(numbers); i++)
        *AT(int64_t, &row, numbers[i].offset) = number_at(line, numbers[i].key);
    for (size_t i = 0; i < COUNT(texts); i++)
        *AT(struct str, &row, texts[i].offset) = text_at(line, texts[i].key);
    if (row.session.len)
        transcript_store_row(store, &row);
}

static void read_session(struct transcript_store *store, json_t *line)
{
    struct session *session = transcript_store_session(store, text_at(line, "session"));
    const char *key;
    json_t *hash;
    session->host = str_copy(store->arena, text_at(line, "host"));
    transcript_store_see(store, session, number_at(line, "first_ns"), text_at(line, "cwd"));
    transcript_store_see(store, session, number_at(line, "last_ns"), STR(""));
    session->prompt_bytes = number_at(line, "prompt_bytes");
    json_object_foreach(json_object_get(line, "prompt_hashes"), key, hash)
    {
        const char *digits = json_string_value(hash);
        if (digits)
            transcript_store_hash(store, session,
                                  (struct session_hash){strtoull(key, NULL, 16), strtoull(digits, NULL, 16)});
    }
}

static bool read_lines(struct transcript_store *store, FILE *file, int64_t *until_ns)
{
    char *text = NULL;
    size_t room = 0;
    *until_ns = INT64_MIN;
    for (ssize_t got; file && (got = getline(&text, &room, file)) > 0;) {
        json_t *line = json_loadb(text, (size_t)got, JSON_ALLOW_NUL, NULL);
        struct str kind = text_at(line, "kind");
        if (str_equal(kind, STR("copy")))
            *until_ns = number_at(line, "until_ns");
        else if (str_equal(kind, STR("session")))
            read_session(store, line);
        else if (str_equal(kind, STR("usage")) || str_equal(kind, STR("error")))
            read_row(store, line, str_equal(kind, STR("error")));
        json_decref(line);
    }
    free(text);
    if (file)
        fclose(file);
    return file != NULL;
}

bool usage_file_read(struct transcript_store *store, const char *path, int64_t *until_ns)
{
    return read_lines(store, fopen(path, "re"), until_ns);
}

bool usage_file_parse(struct transcript_store *store, struct str text, int64_t *until_ns)
{
    return read_lines(store, text.len ? fmemopen((char *)(uintptr_t)text.ptr, text.len, "r") : NULL,
                      until_ns);
}

static void put_line(FILE *out, json_t *line)
{
    json_dumpf(line, out, JSON_COMPACT);
    putc('\n', out);
    json_decref(line);
}

static void put_text(json_t *line, const char *key, struct str text)
{
    json_t *value = text.len ? json_stringn(text.ptr, text.len) : NULL;
    if (value)
        json_object_set_new(line, key, value);
}

static json_t *row_line(const struct session_row *row)
{
    json_t *line = json_object();
    json_object_set_new(line, "kind", json_string(row->is_error ? "error" : "usage"));
    for (size_t i = 0; i < COUNT(texts); i++)
        put_text(line, texts[i].key, *AT(const struct str, row, texts[i].offset));
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (*AT(const int64_t, row, numbers[i].offset) >= 0)
            json_object_set_new(line, numbers[i].key,
                                json_integer(*AT(const int64_t, row, numbers[i].offset)));
    if (row->sidechain)
        json_object_set_new(line, "sidechain", json_true());
    return line;
}

static json_t *session_line(const struct session *session)
{
    json_t *line = json_object(), *hashes = json_object();
    json_object_set_new(line, "kind", json_string("session"));
    put_text(line, "session", session->id);
    put_text(line, "cwd", session->cwd);
    put_text(line, "host", session->host);
    json_object_set_new(line, "first_ns", json_integer(session->first_ns));
    json_object_set_new(line, "last_ns", json_integer(session->last_ns));
    json_object_set_new(line, "prompt_bytes", json_integer(session->prompt_bytes));
    VEC_EACH (const struct session_hash, hash, &session->hashes) {
        char key[20], value[20];
        snprintf(key, sizeof key, "%016" PRIx64, hash->key);
        snprintf(value, sizeof value, "%016" PRIx64, hash->hash);
        json_object_set_new(hashes, key, json_string(value));
    }
    json_object_set_new(line, "prompt_hashes", hashes);
    return line;
}

static bool write_all(const struct transcripts *all, FILE *out, int64_t until_ns)
{
    json_t *head = json_object();
    json_object_set_new(head, "kind", json_string("copy"));
    json_object_set_new(head, "version", json_integer(1));
    json_object_set_new(head, "until_ns", json_integer(until_ns));
    put_line(out, head);
    VEC_EACH (const struct session, session, &all->sessions)
        put_line(out, session_line(session));
    VEC_EACH (const struct session_row, row, &all->rows)
        put_line(out, row_line(row));
    return !ferror(out);
}

bool usage_file_write(const struct transcripts *all, const char *path, int64_t until_ns)
{
    char fresh[4200];
    struct str folder = str_dirname(str_of(path)); /* a hidden name: nobody takes it for a recording */
    int length = snprintf(fresh, sizeof fresh, STR_FMT "/.usage-%ld", STR_ARG(folder), (long)getpid());
    int fd = length < (int)sizeof fresh ? open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool good = write_all(all, out, until_ns);
    good = fclose(out) == 0 && good && rename(fresh, path) == 0;
    if (!good)
        unlink(fresh);
    return good;
}

struct str usage_file_text(struct arena *arena, const struct transcripts *all, int64_t until_ns)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        diag_no_memory();
    write_all(all, out, until_ns);
    fclose(out);
    struct str copy = str_copy(arena, (struct str){text, bytes});
    free(text);
    return copy;
}
