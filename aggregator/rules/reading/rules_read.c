/* Reads rules.json as a whole, from a file or from what is built in. */
#include "model/rule_text.h"
#include "rules/reading/builtin.h"
#include "rules/reading/glob.h"
#include "rules/reading/locate.h"
#include "rules/reading/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_rules(struct reader *in, json_t *root)
{
    json_t *list = json_object_get(root, "rules"), *object;
    size_t i;
    if (list && !json_is_array(list))
        return reader_wrong(in, "rules", "a list");
    json_array_foreach(list, i, object)
    {
        struct rule *rule = VEC_PUSH(in->arena, &in->rules->rules, struct rule);
        struct reader one = *in;
        one.object = locate_item(in->text, locate_key(in->text, in->object, "rules"), i);
        int status = json_is_object(object) ? rule_read(&one, object, rule)
                                            : reader_wrong(in, "rules", "a list of objects");
        if (status)
            return status;
        rule->place = reader_spot(&one);
        rule->source = str_copy(in->arena, locate_value(in->text, one.object));
    }
    return 0;
}

struct vec rules_texts(const struct rules *rules)
{
    struct vec texts = {0};
    VEC_EACH (const struct rule, rule, &rules->rules)
        *VEC_PUSH(rules->arena, &texts, struct rule_text) =
            (struct rule_text){rule->id, rule->place, rule->source};
    VEC_EACH (const struct pattern, pattern, &rules->patterns)
        *VEC_PUSH(rules->arena, &texts, struct rule_text) =
            (struct rule_text){pattern->text, pattern->place, pattern->row};
    return texts;
}

/* "patterns": rows of error-patterns.tsv, as lists of five strings. */
static int read_patterns(struct reader *in, json_t *root)
{
    json_t *list = json_object_get(root, "patterns"), *row;
    size_t i;
    json_array_foreach(list, i, row)
    {
        unsigned line, column;
        size_t at = locate_item(in->text, locate_key(in->text, in->object, "patterns"), i);
        locate_place(in->text, at, &line, &column);
        const char *cells[5];
        for (size_t c = 0; c < COUNT(cells); c++) {
            cells[c] = json_string_value(json_array_get(row, c));
            if (!cells[c])
                return reader_wrong(in, "patterns", "a list of rows of five strings");
        }
        struct str text =
            str_format(in->arena, "%s\t%s\t%s\t%s\t%s", cells[0], cells[1], cells[2], cells[3], cells[4]);
        struct str place = str_format(in->arena, STR_FMT ":%u:%u", STR_ARG(in->where), line, column);
        int status = pattern_add(in->rules, place, text, in->err);
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
        return reader_wrong(in, "high_memory_mb", "a whole number above 0");
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
    int status = reader_list(in, root, "video_paths", &texts);
    if (texts.count)
        in->rules->video_paths = (struct vec){0};
    VEC_EACH (struct str, text, &texts) {
        struct regex *regex = NULL;
        struct str glob = str_ends(*text, STR("/")) ? str_slice(*text, 0, text->len - 1) : *text;
        struct str full =
            str_format(in->arena, "{base:.*/}" STR_FMT, STR_ARG(with_named_wildcards(in, glob)));
        if (!status)
            status = reader_compile(in, "video_paths", glob_expression(in->arena, full), &regex);
        *VEC_PUSH(in->arena, &in->rules->video_paths, regex_ref) = regex;
    }
    return status;
}

static int read_lists(struct reader *in, json_t *root)
{
    int status = reader_text(in, root, "version", &in->rules->version);
    if (!status)
        status = read_video_paths(in, root);
    if (!status)
        status = reader_globs(in, root, "interpreters", &in->rules->interpreters);
    if (!status)
        status = reader_list(in, root, "stages", &in->rules->stages);
    if (!status)
        status = read_high_memory(in, root);
    return status;
}

static int parse(struct reader *in, struct str text, bool *instead)
{
    json_error_t at;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &at);
    int status = 0;
    in->text = text;
    in->object = locate_root(text);
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
        status = reader_flag(in, root, "instead_of_builtin", instead);
    json_decref(root);
    return status;
}

int rules_parse(struct rules *rules, struct str where, struct str text, struct err *err)
{
    bool instead = false;
    struct reader in = {.rules = rules, .arena = rules->arena, .where = where, .err = err};
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
    struct reader in = {.rules = rules, .arena = arena, .where = str_of(path), .err = err};
    if (!status)
        status = parse(&in, text, &instead);
    if (!status && !instead) {
        struct rules own = *rules;
        add_builtin(rules);
        if (own.version.ptr)
            rules->version = own.version;
        if (own.high_memory_kb)
            rules->high_memory_kb = own.high_memory_kb;
        if (own.video_paths.count)
            rules->video_paths = own.video_paths;
    }
    *out = rules;
    return status;
}
