/* Takes apart what an interpreter told. Damaged text is no error: it says nothing. */
#include "rules/reported_values.h"

#include "rules/regex.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

#define DEPTH_MAX 4

static struct str dumped(struct arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    struct str copy = str_copy(arena, str_of(text));
    free(text);
    return copy;
}

static struct str text_of(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return str_copy(arena, (struct str){json_string_value(value), json_string_length(value)});
    return json_is_null(value) ? STR("") : dumped(arena, value);
}

static void add_value(struct arena *arena, const json_t *value, struct str name, unsigned depth,
                      struct vec *values)
{
    const char *key;
    json_t *inner;
    size_t i;
    *VEC_PUSH(arena, values, struct value) = (struct value){name, text_of(arena, value)};
    if (depth == DEPTH_MAX)
        return;
    json_object_foreach((json_t *)(uintptr_t)value, key, inner)
        add_value(arena, inner, str_format(arena, STR_FMT ".%s", STR_ARG(name), key), depth + 1, values);
    json_array_foreach(value, i, inner)
        add_value(arena, inner, str_format(arena, STR_FMT ".%zu", STR_ARG(name), i), depth + 1, values);
}

static json_t *parsed(struct str text)
{
    return text.len ? json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
}

void reported_values(struct arena *arena, struct str json, const char *prefix, struct vec *values)
{
    const char *key;
    json_t *root = parsed(json), *value;
    json_object_foreach(root, key, value)
        add_value(arena, value, str_format(arena, "%s%s", prefix, key), 0, values);
    json_decref(root);
}

static void add_text(struct arena *arena, struct str text, struct vec *list)
{
    if (str_trim(text).len)
        *VEC_PUSH(arena, list, struct str) = str_trim(text);
}

static struct str message_of(struct arena *arena, const json_t *item)
{
    static const char *const keys[] = {"message", "error", "description"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_is_string(json_object_get(item, keys[i])))
            return text_of(arena, json_object_get(item, keys[i]));
    return text_of(arena, item);
}

struct vec reported_list(struct arena *arena, struct str text)
{
    struct vec list = {0};
    json_t *root = str_starts(str_trim(text), STR("[")) ? parsed(str_trim(text)) : NULL, *item;
    size_t i;
    json_array_foreach(root, i, item) add_text(arena, message_of(arena, item), &list);
    if (!root)
        add_text(arena, text, &list);
    json_decref(root);
    return list;
}

struct str reported_message(struct arena *arena, struct str text)
{
    json_t *root = str_starts(text, STR("{")) ? parsed(text) : NULL;
    struct str message = json_is_object(root) ? str_trim(message_of(arena, root)) : text;
    json_decref(root);
    return message;
}

struct str reported_object(struct arena *arena, struct str text)
{
    json_t *root = parsed(text);
    struct str object = STR("");
    if (json_is_object(root) && json_object_size(root))
        object = text;
    else if (root && !json_is_object(root))
        object = str_format(arena, "{\"value\":" STR_FMT "}", STR_ARG(text));
    json_decref(root);
    return object;
}

static const struct {
    const char *word;
    enum reported_outcome outcome;
} words[] = {
    {"true", REPORTED_SUCCESS},      {"success", REPORTED_SUCCESS},   {"successful", REPORTED_SUCCESS},
    {"succeeded", REPORTED_SUCCESS}, {"completed", REPORTED_SUCCESS}, {"complete", REPORTED_SUCCESS},
    {"done", REPORTED_SUCCESS},      {"ok", REPORTED_SUCCESS},        {"passed", REPORTED_SUCCESS},
    {"matched", REPORTED_SUCCESS},   {"rendered", REPORTED_SUCCESS},  {"converted", REPORTED_SUCCESS},
    {"cleaned", REPORTED_SUCCESS},   {"false", REPORTED_FAILED},      {"failed", REPORTED_FAILED},
    {"failure", REPORTED_FAILED},    {"fail", REPORTED_FAILED},       {"error", REPORTED_FAILED},
    {"partial", REPORTED_FAILED},    {"timeout", REPORTED_TIMEOUT},   {"timed_out", REPORTED_TIMEOUT},
    {"skipped", REPORTED_SKIPPED},   {"cached", REPORTED_SKIPPED},    {"skip", REPORTED_SKIPPED},
};

static bool same_word(struct str a, struct str b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (tolower((unsigned char)a.ptr[i]) != b.ptr[i])
            return false;
    return a.len == b.len;
}

enum reported_outcome reported_outcome(struct str word)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same_word(str_trim(word), str_of(words[i].word)))
            return words[i].outcome;
    return REPORTED_NOTHING;
}
