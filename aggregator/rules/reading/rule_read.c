/* Reads one rule. */
#include "rules/reading/reader.h"

/* The place of a word in a list, or -1. */
static int index_of_word(struct str word, const char *const *words, size_t count)
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
static const char *const endings[] = {"any", "returned", "raised"};
static const char *const keys[] = {
    "id",     "on",     "means",  "program", "argv",    "options", "path",     "from",    "contains",
    "line",   "stream", "status", "scope",   "also",    "success", "stage",    "method",  "scene",
    "name",   "number", "check",  "message", "expects", "model",   "words",    "results", "methods",
    "output", "about",  "proofs", "missing", "recheck", "video",   "function", "note",    "find",
    "ended",  "errors", "fixes",  "result",  "took",    "exit",    "when",     "category"};

/* A key with one of a few words; `fallback` when it is not there. */
static int read_choice(struct reader *in, json_t *object, const char *key, const char *const *words,
                       size_t count, int fallback, int *out)
{
    struct str word = {0};
    int status = reader_text(in, object, key, &word);
    *out = word.ptr ? index_of_word(word, words, count) : fallback;
    if (!status && *out < 0)
        return reader_wrong(in, key, "one of the words that the manual lists");
    return status;
}

static int read_choices(struct reader *in, json_t *object, struct rule *rule)
{
    int on = 0, means = 0, status_word = 0, stream = 0, ended = 0;
    int status = read_choice(in, object, "on", subjects, COUNT(subjects), -1, &on);
    if (!status)
        status = read_choice(in, object, "means", kinds, COUNT(kinds), -1, &means);
    if (!status)
        status = read_choice(in, object, "status", statuses, COUNT(statuses), 0, &status_word);
    if (!status)
        status = read_choice(in, object, "stream", streams, COUNT(streams), 0, &stream);
    if (!status)
        status = read_choice(in, object, "ended", endings, COUNT(endings), 0, &ended);
    rule->on = (enum rule_subject)on;
    rule->means = (enum signal_kind)means;
    rule->status = (enum rule_status)status_word;
    rule->ended = (enum rule_ended)ended;
    rule->streams = stream ? 1u << stream : 1u << 1 | 1u << 2;
    return status;
}

static int read_templates(struct reader *in, json_t *object, struct rule *rule)
{
    const struct {
        const char *key;
        struct str *out;
    } rows[] = {{"stage", &rule->stage},     {"method", &rule->method},    {"scene", &rule->scene},
                {"name", &rule->name},       {"number", &rule->number},    {"check", &rule->check},
                {"message", &rule->message}, {"model", &rule->model},      {"expects", &rule->expects},
                {"output", &rule->output},   {"missing", &rule->missing},  {"recheck", &rule->recheck},
                {"video", &rule->video},     {"errors", &rule->errors},    {"fixes", &rule->fixes},
                {"result", &rule->result},   {"took", &rule->took},        {"exit", &rule->exit},
                {"when", &rule->when},       {"category", &rule->category}};
    int status = 0;
    for (size_t i = 0; i < COUNT(rows) && !status; i++)
        status = reader_text(in, object, rows[i].key, rows[i].out);
    return status;
}

static int read_matchers(struct reader *in, json_t *object, struct rule *rule)
{
    int status = reader_globs(in, object, "program", &rule->programs);
    if (!status)
        status = reader_regex(in, object, "argv", &rule->argv);
    if (!status)
        status = reader_options(in, object, &rule->options);
    if (!status)
        status = reader_glob(in, object, "path", &rule->path);
    if (!status)
        status = reader_glob(in, object, "from", &rule->from);
    if (!status)
        status = reader_list(in, object, "contains", &rule->contains);
    if (!status)
        status = reader_regex(in, object, "line", &rule->line);
    if (!status)
        status = reader_globs(in, object, "function", &rule->functions);
    if (!status)
        status = reader_globs(in, object, "note", &rule->functions);
    if (!status)
        status = reader_finds(in, object, &rule->finds);
    return status;
}

static int read_flags(struct reader *in, json_t *object, struct rule *rule)
{
    bool success = false;
    struct str scope = {0};
    json_t *reported = json_object_get(object, "success");
    int status = reader_flag(in, object, "also", &rule->also);
    if (!status && json_is_string(reported))
        status = reader_text(in, object, "success", &rule->success_word);
    else if (!status)
        status = reader_flag(in, object, "success", &success);
    if (!status)
        status = reader_text(in, object, "scope", &scope);
    rule->success = reported && !rule->success_word.ptr ? success : -1;
    rule->whole_run = str_equal(scope, STR("run"));
    if (!status && scope.ptr && !rule->whole_run && !str_equal(scope, STR("video")))
        return reader_wrong(in, "scope", "\"run\" or \"video\"");
    return status;
}

static int check_keys(struct reader *in, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (index_of_word(str_of(key), keys, COUNT(keys)) < 0)
            return err_set(in->err, ERR_INPUT,
                           STR_FMT "\"%s\" is not a key of a rule; see docs/ADD_A_RULE.md.",
                           STR_ARG(reader_place(in, key)), key);
    }
    return 0;
}

int rule_read(struct reader *in, json_t *object, struct rule *rule)
{
    int status = reader_text(in, object, "id", &rule->id);
    if (status || !rule->id.len)
        return reader_wrong(in, "id", "a name, and every rule has one");
    in->rule = str_format(in->arena, "rule \"" STR_FMT "\": ", STR_ARG(rule->id));
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
        status = reader_words(in, object, &rule->words);
    if (!status)
        status = reader_pairs(in, object, "results", &rule->results);
    if (!status)
        status = reader_pairs(in, object, "methods", &rule->methods);
    if (!status)
        status = reader_pairs(in, object, "proofs", &rule->proofs);
    return status;
}
