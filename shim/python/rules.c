/* A reader of JSON for the keys of span rules that the recorder needs; what they mean is vlagg's business. */
#include "python/rules.h"

#include "config.h"
#include "memory.h"
#include "raw.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FILE_MAX (1u << 20)
#define TEXT_MAX 512

__asm__(".pushsection .rodata\n"
        "builtin_spans: .incbin \"data/spans.json\"\n"
        "builtin_spans_end:\n"
        ".popsection\n");
extern const char builtin_spans[] __attribute__((visibility("hidden")));
extern const char builtin_spans_end[] __attribute__((visibility("hidden")));

struct json {
    const char *at, *end;
    const char *error;
};

/* ---- JSON ---- */

static bool fail(struct json *j, const char *why)
{
    if (!j->error)
        j->error = why;
    j->at = j->end;
    return false;
}

static char look(struct json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' || *j->at == '\t' || *j->at == '\r'))
        j->at++;
    return j->at < j->end ? *j->at : '\0';
}

static bool take(struct json *j, char c)
{
    if (look(j) != c)
        return false;
    j->at++;
    return true;
}

/* A string, in memory of its own; NULL: none stands here. Escapes other than of one character are not for
 * names. */
static const char *take_string(struct json *j)
{
    char text[TEXT_MAX];
    size_t n = 0;
    if (!take(j, '"')) {
        fail(j, "a string is expected");
        return NULL;
    }
    for (; j->at < j->end && *j->at != '"'; j->at++) {
        if (*j->at == '\\' && ++j->at == j->end)
            break;
        if (n < sizeof text)
            text[n++] = *j->at;
    }
    if (!take(j, '"'))
        fail(j, "a string has no end");
    const char *copy = memory_text(text, n);
    if (!copy)
        fail(j, "no memory");
    return copy;
}

static void skip_string(struct json *j)
{
    j->at++;
    while (j->at < j->end && *j->at != '"')
        j->at += *j->at == '\\' ? 2 : 1;
    j->at = j->at < j->end ? j->at + 1 : j->end;
}

/* Any value: strings and brackets are what counts. */
static void skip_value(struct json *j)
{
    int depth = 0;
    do {
        char c = look(j);
        if (c == '\0') {
            fail(j, "a value has no end");
            return;
        }
        if (c == '"') {
            skip_string(j);
            continue;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        j->at++;
        while (depth == 0 && j->at < j->end && !strchr(",]} \t\r\n", *j->at))
            j->at++;
    } while (depth > 0);
}

typedef void (*member_reader)(struct json *, void *owner, const char *key);
typedef void (*element_reader)(struct json *, void *owner);

static void each_member(struct json *j, member_reader read, void *owner)
{
    if (!take(j, '{')) {
        fail(j, "an object is expected");
        return;
    }
    while (!take(j, '}') && !j->error) {
        const char *key = take_string(j);
        if (!take(j, ':'))
            fail(j, "a colon is missing");
        if (key && !j->error)
            read(j, owner, key);
        if (!take(j, ',') && look(j) != '}')
            fail(j, "a comma is missing");
    }
}

static void each_element(struct json *j, element_reader read, void *owner)
{
    if (!take(j, '[')) {
        read(j, owner); /* one that stands for a list of one */
        return;
    }
    while (!take(j, ']') && !j->error) {
        read(j, owner);
        if (!take(j, ',') && look(j) != ']')
            fail(j, "a comma is missing");
    }
}

/* ---- rules ---- */

struct reading {
    struct span_function *first, **last;
    struct span_rule *rule;
};

static void add_path(struct json *j, struct span_paths *paths, const char *name, const char *path)
{
    if (paths->count == SPAN_PATHS_MAX)
        fail(j, "a rule keeps no more than 16 values");
    else if (name && path)
        paths->at[paths->count++] = (struct span_path){name, path};
}

static void read_named_path(struct json *j, void *owner, const char *key)
{
    add_path(j, owner, key, take_string(j));
}

static void read_plain_path(struct json *j, void *owner)
{
    const char *path = take_string(j);
    add_path(j, owner, path, path);
}

static void read_paths(struct json *j, struct span_paths *paths)
{
    if (look(j) == '{')
        each_member(j, read_named_path, paths);
    else
        each_element(j, read_plain_path, paths);
}

static void read_video(struct json *j, void *owner)
{
    struct span_rule *rule = owner;
    const char *path = take_string(j);
    if (rule->video_count == SPAN_VIDEOS_MAX)
        fail(j, "a rule names no more than 4 places of a video");
    else
        rule->videos[rule->video_count++] = path;
}

static void read_function(struct json *j, void *owner)
{
    struct reading *r = owner;
    const char *name = take_string(j), *colon = name ? strchr(name, ':') : NULL;
    struct span_function *f = memory_take(sizeof *f);
    if (!name || !f)
        return;
    if (!colon || colon == name || colon[1] == '\0') {
        fail(j, "a function is written module:qualified name");
        return;
    }
    *f = (struct span_function){
        .module = memory_text(name, (size_t)(colon - name)), .qualname = colon + 1, .rule = r->rule};
    *r->last = f;
    r->last = &f->next;
}

static void read_rule_key(struct json *j, void *owner, const char *key)
{
    struct reading *r = owner;
    if (strcmp(key, "function") == 0)
        each_element(j, read_function, r);
    else if (strcmp(key, "arguments") == 0)
        read_paths(j, &r->rule->arguments);
    else if (strcmp(key, "result") == 0)
        read_paths(j, &r->rule->result);
    else if (strcmp(key, "note") == 0)
        r->rule->note = take_string(j);
    else if (strcmp(key, "video") == 0)
        each_element(j, read_video, r->rule);
    else
        skip_value(j);
}

static void read_rule(struct json *j, void *owner)
{
    struct reading *r = owner;
    r->rule = memory_take(sizeof *r->rule);
    if (!r->rule) {
        fail(j, "no memory");
        return;
    }
    each_member(j, read_rule_key, r);
}

static void read_top_key(struct json *j, void *owner, const char *key)
{
    if (strcmp(key, "spans") == 0)
        each_element(j, read_rule, owner);
    else
        skip_value(j);
}

const struct span_function *span_rules_read(const char *text, size_t bytes, const char **error)
{
    struct json j = {.at = text, .end = text + bytes};
    struct reading r = {.first = NULL};
    r.last = &r.first;
    each_member(&j, read_top_key, &r);
    if (!j.error && look(&j) != '\0')
        fail(&j, "something stands behind the object");
    *error = j.error;
    return j.error ? NULL : r.first;
}

/* ---- the file ---- */

static const struct span_function *read_file(const char *path)
{
    const char *error = "the file of VLSHIM_SPANS cannot be read: ";
    const struct span_function *found = NULL;
    struct stat st;
    struct blocked_signals blocked = raw_block_signals();
    long fd = raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), text = -1;
    if (fd >= 0 && raw(SYS_fstat, fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        st.st_size < FILE_MAX)
        text = raw6(SYS_mmap, 0, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        raw(SYS_close, fd);
    raw_restore_signals(blocked);
    if (text > 0) {
        found = span_rules_read((const char *)text, (size_t)st.st_size, &error);
        raw(SYS_munmap, text, st.st_size);
    }
    if (error)
        config_debug("VLSHIM_SPANS: ", error);
    return found;
}

bool span_rules_are_built_in(void) { return !config.spans; }

const struct span_function *span_rules(void)
{
    static const struct span_function *rules;
    static int known; /* read before the program's own threads: at the interpreter's first step */
    if (!__atomic_load_n(&known, __ATOMIC_ACQUIRE)) {
        const char *error;
        if (!config.spans)
            rules = span_rules_read(builtin_spans, (size_t)(builtin_spans_end - builtin_spans), &error);
        else if (*config.spans)
            rules = read_file(config.spans);
        __atomic_store_n(&known, 1, __ATOMIC_RELEASE);
    }
    return rules;
}
