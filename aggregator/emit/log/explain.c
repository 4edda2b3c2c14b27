/* Finds the entry, then the rules that it names. */
#include "emit/log/explain.h"

#include "base/str.h"
#include "model/rule_text.h"

#include <stdlib.h>

/* Of a list: by its number, or by its call_id. */
static const json_t *item_of(const json_t *list, struct str name)
{
    char *end, digits[32];
    const json_t *item;
    size_t i;
    snprintf(digits, sizeof digits, STR_FMT, STR_ARG(name));
    unsigned long number = strtoul(digits, &end, 10);
    json_array_foreach(list, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "call_id"));
        if (id && str_equal(str_of(id), name))
            return item;
    }
    return *end || !number ? NULL : json_array_get(list, number - 1);
}

/* Keys of stages and errors may hold dots: what is left is tried as a whole first. */
static const json_t *entry_of(const json_t *at, struct str key)
{
    char whole[512];
    struct str part;
    while (key.ptr && key.len) {
        snprintf(whole, sizeof whole, STR_FMT, STR_ARG(key));
        if (json_object_get(at, whole))
            return json_object_get(at, whole);
        str_next(&key, '.', &part);
        snprintf(whole, sizeof whole, STR_FMT, STR_ARG(part));
        at = json_is_array(at) ? item_of(at, part) : json_object_get(at, whole);
    }
    return json_is_object(at) ? at : NULL;
}

static void write_rule(FILE *out, const char *rule, const struct vec *texts)
{
    VEC_EACH (const struct rule_text, text, texts)
        if (str_equal(text->id, str_of(rule))) {
            fprintf(out, STR_FMT ":\n  " STR_FMT "\n", STR_ARG(text->place), STR_ARG(text->text));
            return;
        }
    fprintf(out, "%s: not among the rules that apply now; name those of your own with --rules\n", rule);
}

/* The rules that the entry's parts name, each once. */
static unsigned write_rules(FILE *out, const json_t *entry, const struct vec *texts)
{
    const char *rule = json_string_value(json_object_get(entry, "rule")), *other;
    const json_t *variants = json_object_get(entry, "variants"), *variant;
    const char *inner = json_string_value(json_object_get(json_object_get(entry, "error"), "rule"));
    unsigned count = 0;
    size_t i;
    if (rule && ++count)
        write_rule(out, rule, texts);
    if (inner && ++count) {
        fputs("its error:\n", out);
        write_rule(out, inner, texts);
    }
    json_array_foreach(variants, i, variant)
    {
        other = json_string_value(json_object_get(variant, "rule"));
        if (other && (!rule || strcmp(other, rule) != 0) && ++count)
            write_rule(out, other, texts);
    }
    return count;
}

static void write_entry(FILE *out, const json_t *document, const char *key, const json_t *entry,
                        const struct vec *texts)
{
    const char *by = json_string_value(json_object_get(entry, "by"));
    fprintf(out, "%s: %s\n", json_string_value(json_object_get(document, "video_id")), key);
    if (!by || strcmp(by, "vlagg") != 0)
        fputs("written by another logger\n", out);
    else if (!write_rules(out, entry, texts))
        fputs("no rule alone: it follows from what other rules saw, or from a call of the API as it passed "
              "by\n",
              out);
}

int explain_write(FILE *out, const json_t *documents, const char *key, const struct vec *texts,
                  struct err *err)
{
    const json_t *document;
    unsigned found = 0;
    size_t i;
    json_array_foreach(documents, i, document)
    {
        const json_t *entry = entry_of(document, str_of(key));
        if (entry && ++found)
            write_entry(out, document, key, entry, texts);
    }
    return found ? 0
                 : err_set(err, ERR_INPUT,
                           "No log has an entry %s; name one as in stages.rendering, errors.KEY, "
                           "retry_attempts.STAGE.N, validation_history.N or claude_api_usage.ID.",
                           key);
}
