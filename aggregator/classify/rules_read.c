/* Reads rules.json; the only user of jansson beside emit/. */
#include "classify/builtin.h"
#include "classify/glob.h"
#include "classify/rules.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct rules *rules;
    struct arena *arena;
    struct str where; /* the file, then the file and the rule */
    struct err *err;
};

static int wrong(struct reader *in, const char *key, const char *what)
{
    return err_set(in->err, ERR_INPUT, STR_FMT ": \"%s\" must be %s; see docs/ADD_A_RULE.md.", STR_ARG(in->where),
                   key, what);
}

static struct str text_of(struct reader *in, const json_t *value)
{
    return str_copy(in->arena, (struct str){json_string_value(value), json_string_length(value)});
}

static int read_text(struct reader *in, json_t *object, const char *key, struct str *out)
{
    json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_string(value))
        return wrong(in, key, "a string");
    *out = text_of(in, value);
    return 0;
}

static int read_flag(struct reader *in, json_t *object, const char *key, bool *out)
{
    json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value))
        return wrong(in, key, "true or false");
    *out = json_is_true(value);
    return 0;
}

/* A string or a list of strings, to struct str. */
static int read_list(struct reader *in, json_t *object, const char *key, struct vec *out)
{
    json_t *value = json_object_get(object, key), *item;
    size_t i;
    if (!value)
        return 0;
    if (json_is_string(value)) {
        *VEC_PUSH(in->arena, out, struct str) = text_of(in, value);
        return 0;
    }
    if (!json_is_array(value))
        return wrong(in, key, "a string or a list of strings");
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            return wrong(in, key, "a string or a list of strings");
        *VEC_PUSH(in->arena, out, struct str) = text_of(in, item);
    }
    return 0;
}

static int compile(struct reader *in, const char *key, struct str expression, struct regex **out)
{
    struct str where = str_format(in->arena, STR_FMT ": \"%s\"", STR_ARG(in->where), key);
    return regex_compile(in->arena, where, expression, out, in->err);
}

static int read_regex(struct reader *in, json_t *object, const char *key, struct regex **out)
{
    struct str text = {0};
    int status = read_text(in, object, key, &text);
    return status || !text.ptr ? status : compile(in, key, text, out);
}

static int read_glob(struct reader *in, json_t *object, const char *key, struct regex **out)
{
    struct str text = {0};
    int status = read_text(in, object, key, &text);
    return status || !text.ptr ? status : compile(in, key, glob_expression(in->arena, text), out);
}

static int read_globs(struct reader *in, json_t *object, const char *key, struct vec *out)
{
    struct vec texts = {0};
    int status = read_list(in, object, key, &texts);
    VEC_EACH (struct str, text, &texts) {
        struct regex *regex = NULL;
        if (!status)
            status = compile(in, key, glob_expression(in->arena, *text), &regex);
        *VEC_PUSH(in->arena, out, regex_ref) = regex;
    }
    return status;
}

static int read_options(struct reader *in, json_t *object, struct vec *out)
{
    json_t *options = json_object_get(object, "options"), *value;
    const char *name;
    int status = 0;
    if (options && !json_is_object(options))
        return wrong(in, "options", "an object");
    json_object_foreach(options, name, value)
    {
        struct rule_option *option = VEC_PUSH(in->arena, out, struct rule_option);
        option->name = str_copy(in->arena, str_of(name));
        if (!status)
            status = read_list(in, options, name, &option->spellings);
    }
    return status;
}

/* An object of strings, to struct signal_value (which struct value equals in shape). */
static int read_pairs(struct reader *in, json_t *object, const char *key, struct vec *out)
{
    json_t *pairs = json_object_get(object, key), *value;
    const char *name;
    if (pairs && !json_is_object(pairs))
        return wrong(in, key, "an object of strings");
    json_object_foreach(pairs, name, value)
    {
        if (!json_is_string(value))
            return wrong(in, key, "an object of strings");
        struct signal_value *pair = VEC_PUSH(in->arena, out, struct signal_value);
        pair->name = str_copy(in->arena, str_of(name));
        pair->value = text_of(in, value);
    }
    return 0;
}

static int read_words(struct reader *in, json_t *object, struct vec *out)
{
    json_t *names = json_object_get(object, "words"), *words;
    const char *name;
    int status = 0;
    if (names && !json_is_object(names))
        return wrong(in, "words", "an object of objects of strings");
    json_object_foreach(names, name, words)
    {
        struct vec pairs = {0};
        if (!status)
            status = read_pairs(in, names, name, &pairs);
        VEC_EACH (struct signal_value, pair, &pairs) {
            struct rule_word *word = VEC_PUSH(in->arena, out, struct rule_word);
            *word = (struct rule_word){str_copy(in->arena, str_of(name)), pair->name, pair->value};
        }
    }
    return status;
}

/* The place of a word in a list, or -1. */
static int place(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_of(words[i])))
            return (int)i;
    return -1;
}

#define RULE_WORD(name, word) word,
static const char *const subjects[] = {RULE_SUBJECTS(RULE_WORD)};
static const char *const kinds[] = {SIGNAL_KINDS(RULE_WORD)};
#undef RULE_WORD
static const char *const statuses[] = {"any", "zero", "nonzero"};
static const char *const streams[] = {"any", "stdout", "stderr"};
static const char *const keys[] = {
    "id",     "on",     "means",  "program", "argv",    "options", "path",  "from",    "contains",
    "line",   "stream", "status", "scope",   "also",    "success", "stage", "method",  "scene",
    "name",   "number", "check",  "message", "expects", "model",   "words", "results", "methods",
    "output", "about",  "proofs", "missing", "recheck", "video"};

/* A key with one of a few words; `fallback` when it is not there. */
static int read_choice(struct reader *in, json_t *object, const char *key, const char *const *words,
                       size_t count, int fallback, int *out)
{
    struct str word = {0};
    int status = read_text(in, object, key, &word);
    *out = word.ptr ? place(word, words, count) : fallback;
    if (!status && *out < 0)
        return wrong(in, key, "one of the words that the manual lists");
    return status;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int read_choices(struct reader *in, json_t *object, struct rule *rule)
{
    int on = 0, means = 0, status_word = 0, stream = 0;
    int status = read_choice(in, object, "on", subjects, COUNT(subjects), -1, &on);
    if (!status)
        status = read_choice(in, object, "means", kinds, COUNT(kinds), -1, &means);
    if (!status)
        status = read_choice(in, object, "status", statuses, COUNT(statuses), 0, &status_word);
    if (!status)
        status = read_choice(in, object, "stream", streams, COUNT(streams), 0, &stream);
    rule->on = (enum rule_subject)on;
    rule->means = (enum signal_kind)means;
    rule->status = (enum rule_status)status_word;
    rule->streams = stream ? 1u << stream : 1u << 1 | 1u << 2;
    return status;
}

static int read_templates(struct reader *in, json_t *object, struct rule *rule)
{
    const struct {
        const char *key;
        struct str *out;
    } rows[] = {{"stage", &rule->stage},     {"method", &rule->method},   {"scene", &rule->scene},
                {"name", &rule->name},       {"number", &rule->number},   {"check", &rule->check},
                {"message", &rule->message}, {"model", &rule->model},     {"expects", &rule->expects},
                {"output", &rule->output},   {"missing", &rule->missing}, {"recheck", &rule->recheck},
                {"video", &rule->video}};
    int status = 0;
    for (size_t i = 0; i < COUNT(rows) && !status; i++)
        status = read_text(in, object, rows[i].key, rows[i].out);
    return status;
}

static int read_matchers(struct reader *in, json_t *object, struct rule *rule)
{
    int status = read_globs(in, object, "program", &rule->programs);
    if (!status)
        status = read_regex(in, object, "argv", &rule->argv);
    if (!status)
        status = read_options(in, object, &rule->options);
    if (!status)
        status = read_glob(in, object, "path", &rule->path);
    if (!status)
        status = read_glob(in, object, "from", &rule->from);
    if (!status)
        status = read_list(in, object, "contains", &rule->contains);
    if (!status)
        status = read_regex(in, object, "line", &rule->line);
    return status;
}

static int read_flags(struct reader *in, json_t *object, struct rule *rule)
{
    bool success = false;
    struct str scope = {0};
    int status = read_flag(in, object, "also", &rule->also);
    if (!status)
        status = read_flag(in, object, "success", &success);
    if (!status)
        status = read_text(in, object, "scope", &scope);
    rule->success = json_object_get(object, "success") ? success : -1;
    rule->whole_run = str_equal(scope, STR("run"));
    if (!status && scope.ptr && !rule->whole_run && !str_equal(scope, STR("video")))
        return wrong(in, "scope", "\"run\" or \"video\"");
    return status;
}

static int check_keys(struct reader *in, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) if (place(str_of(key), keys, COUNT(keys)) < 0) return err_set(
        in->err, ERR_INPUT, STR_FMT ": \"%s\" is not a key of a rule; see docs/ADD_A_RULE.md.", STR_ARG(in->where),
        key);
    return 0;
}

static int read_rule(struct reader *in, json_t *object, struct rule *rule)
{
    int status = read_text(in, object, "id", &rule->id);
    if (status || !rule->id.len)
        return wrong(in, "id", "a name, and every rule has one");
    in->where =
        str_format(in->arena, STR_FMT ", rule \"" STR_FMT "\"", STR_ARG(in->where), STR_ARG(rule->id));
    if (!status)
        status = check_keys(in, object);
    if (!status)
        status = read_choices(in, object, rule);
    if (!status)
        status = read_templates(in, object, rule);
    if (!status)
        status = read_matchers(in, object, rule);
    if (!status)
        status = read_flags(in, object, rule);
    if (!status)
        status = read_words(in, object, &rule->words);
    if (!status)
        status = read_pairs(in, object, "results", &rule->results);
    if (!status)
        status = read_pairs(in, object, "methods", &rule->methods);
    if (!status)
        status = read_pairs(in, object, "proofs", &rule->proofs);
    return status;
}

static int read_rules(struct reader *in, json_t *root)
{
    json_t *list = json_object_get(root, "rules"), *object;
    size_t i;
    if (list && !json_is_array(list))
        return wrong(in, "rules", "a list");
    json_array_foreach(list, i, object)
    {
        struct rule *rule = VEC_PUSH(in->arena, &in->rules->rules, struct rule);
        struct reader one = *in;
        int status =
            json_is_object(object) ? read_rule(&one, object, rule) : wrong(in, "rules", "a list of objects");
        if (status)
            return status;
    }
    return 0;
}

/* "patterns": rows of error-patterns.tsv, as lists of five strings. */
static int read_patterns(struct reader *in, json_t *root)
{
    json_t *list = json_object_get(root, "patterns"), *row;
    size_t i;
    json_array_foreach(list, i, row)
    {
        const char *cells[5];
        for (size_t c = 0; c < COUNT(cells); c++) {
            cells[c] = json_string_value(json_array_get(row, c));
            if (!cells[c])
                return wrong(in, "patterns", "a list of rows of five strings");
        }
        struct str text =
            str_format(in->arena, "%s\t%s\t%s\t%s\t%s\n", cells[0], cells[1], cells[2], cells[3], cells[4]);
        int status = patterns_parse(in->rules, in->where, text, in->err);
        if (status)
            return status;
    }
    return 0;
}

static int read_high_memory(struct reader *in, json_t *root)
{
    json_t *value = json_object_get(root, "high_memory_mb");
    if (!value)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return wrong(in, "high_memory_mb", "a whole number above 0");
    in->rules->high_memory_kb = (uint64_t)json_integer_value(value) * 1024;
    return 0;
}

/* Each wildcard as a capture named w: two folders of one video have the same. */
static struct str with_named_wildcards(struct reader *in, struct str glob)
{
    struct str part, rest = glob, out = STR("");
    while (str_next(&rest, '*', &part))
        out = str_format(in->arena, STR_FMT STR_FMT "%s", STR_ARG(out), STR_ARG(part),
                         rest.ptr ? "{w:[^/]*}" : "");
    return out;
}

static int read_video_paths(struct reader *in, json_t *root)
{
    struct vec texts = {0};
    int status = read_list(in, root, "video_paths", &texts);
    if (texts.count)
        in->rules->video_paths = (struct vec){0};
    VEC_EACH (struct str, text, &texts) {
        struct regex *regex = NULL;
        struct str glob = str_ends(*text, STR("/")) ? str_slice(*text, 0, text->len - 1) : *text;
        struct str full =
            str_format(in->arena, "{base:.*/}" STR_FMT, STR_ARG(with_named_wildcards(in, glob)));
        if (!status)
            status = compile(in, "video_paths", glob_expression(in->arena, full), &regex);
        *VEC_PUSH(in->arena, &in->rules->video_paths, regex_ref) = regex;
    }
    return status;
}

static int read_lists(struct reader *in, json_t *root)
{
    int status = read_text(in, root, "version", &in->rules->version);
    if (!status)
        status = read_video_paths(in, root);
    if (!status)
        status = read_globs(in, root, "interpreters", &in->rules->interpreters);
    if (!status)
        status = read_list(in, root, "stages", &in->rules->stages);
    if (!status)
        status = read_high_memory(in, root);
    return status;
}

static int parse(struct reader *in, struct str text, bool *instead)
{
    json_error_t at;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &at);
    int status = 0;
    if (!json_is_object(root))
        status = root ? err_set(in->err, ERR_INPUT, STR_FMT " is not a JSON object.", STR_ARG(in->where))
                      : err_set(in->err, ERR_INPUT, STR_FMT ":%d:%d: %s.", STR_ARG(in->where), at.line,
                                at.column, at.text);
    if (!status)
        status = read_lists(in, root);
    if (!status)
        status = read_rules(in, root);
    if (!status)
        status = read_patterns(in, root);
    if (!status)
        status = read_flag(in, root, "instead_of_builtin", instead);
    json_decref(root);
    return status;
}

int rules_parse(struct rules *rules, struct str where, struct str text, struct err *err)
{
    bool instead = false;
    struct reader in = {rules, rules->arena, where, err};
    return parse(&in, text, &instead);
}

static void add_builtin(struct rules *rules)
{
    struct err err = {0};
    if (rules_parse(rules, STR("data/rules.json"), builtin_rules(), &err) ||
        patterns_parse(rules, STR("data/error-patterns.tsv"), builtin_patterns(), &err)) {
        fprintf(stderr, "%s\n", err.text);
        abort(); /* the build's own data; a unit test reads it */
    }
}

struct rules *rules_builtin(struct arena *arena)
{
    struct rules *rules = ARENA_NEW(arena, struct rules);
    rules->arena = arena;
    add_builtin(rules);
    return rules;
}

static int read_file(struct arena *arena, const char *path, struct str *out, struct err *err)
{
    FILE *file = fopen(path, "re");
    struct vec text = {0};
    char piece[4096];
    size_t got;
    if (!file)
        return err_set(err, ERR_INPUT, "%s cannot be opened: %m.", path);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) {
        vec_reserve(arena, &text, 1, text.count + got);
        memcpy((char *)text.items + text.count, piece, got);
        text.count += got;
    }
    int status = ferror(file) ? err_set(err, ERR_INPUT, "%s cannot be read: %m.", path) : 0;
    fclose(file);
    *out = (struct str){text.items, text.count};
    return status;
}

int rules_read(struct arena *arena, const char *path, struct rules **out, struct err *err)
{
    struct str text = {0};
    bool instead = false;
    struct rules *rules = ARENA_NEW(arena, struct rules);
    rules->arena = arena;
    int status = read_file(arena, path, &text, err);
    struct reader in = {rules, arena, str_of(path), err};
    if (!status)
        status = parse(&in, text, &instead);
    if (!status && !instead) {
        struct str version = rules->version;
        add_builtin(rules);
        if (version.ptr)
            rules->version = version;
    }
    *out = rules;
    return status;
}
