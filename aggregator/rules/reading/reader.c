/* Takes JSON objects apart. */
#include "rules/reading/reader.h"

#include "rules/reading/glob.h"
#include "rules/reading/locate.h"

struct str reader_spot(struct reader *in)
{
    unsigned line, column;
    locate_place(in->text, in->object, &line, &column);
    return str_format(in->arena, STR_FMT ":%u:%u", STR_ARG(in->where), line, column);
}

struct str reader_place(struct reader *in, const char *key)
{
    unsigned line, column;
    locate_place(in->text, locate_key(in->text, in->object, key), &line, &column);
    return str_format(in->arena, STR_FMT ":%u:%u: " STR_FMT, STR_ARG(in->where), line, column,
                      STR_ARG(in->rule));
}

int reader_wrong(struct reader *in, const char *key, const char *what)
{
    return err_set(in->err, ERR_INPUT, STR_FMT "\"%s\" must be %s; see docs/ADD_A_RULE.md.",
                   STR_ARG(reader_place(in, key)), key, what);
}

static struct str reader_text_of(struct reader *in, const json_t *value)
{
    return str_copy(in->arena, (struct str){json_string_value(value), json_string_length(value)});
}

int reader_text(struct reader *in, json_t *object, const char *key, struct str *out)
{
    json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_string(value))
        return reader_wrong(in, key, "a string");
    *out = reader_text_of(in, value);
    return 0;
}

int reader_flag(struct reader *in, json_t *object, const char *key, bool *out)
{
    json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value))
        return reader_wrong(in, key, "true or false");
    *out = json_is_true(value);
    return 0;
}

/* A string or a list of strings, to struct str. */
int reader_list(struct reader *in, json_t *object, const char *key, struct vec *out)
{
    json_t *value = json_object_get(object, key), *item;
    size_t i;
    if (!value)
        return 0;
    if (json_is_string(value)) {
        *VEC_PUSH(in->arena, out, struct str) = reader_text_of(in, value);
        return 0;
    }
    if (!json_is_array(value))
        return reader_wrong(in, key, "a string or a list of strings");
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            return reader_wrong(in, key, "a string or a list of strings");
        *VEC_PUSH(in->arena, out, struct str) = reader_text_of(in, item);
    }
    return 0;
}

int reader_compile(struct reader *in, const char *key, struct str expression, struct regex **out)
{
    struct str where = str_format(in->arena, STR_FMT "\"%s\"", STR_ARG(reader_place(in, key)), key);
    return regex_compile(in->arena, where, expression, out, in->err);
}

int reader_regex(struct reader *in, json_t *object, const char *key, struct regex **out)
{
    struct str text = {0};
    int status = reader_text(in, object, key, &text);
    return status || !text.ptr ? status : reader_compile(in, key, text, out);
}

int reader_glob(struct reader *in, json_t *object, const char *key, struct regex **out)
{
    struct str text = {0};
    int status = reader_text(in, object, key, &text);
    return status || !text.ptr ? status : reader_compile(in, key, glob_expression(in->arena, text), out);
}

int reader_globs(struct reader *in, json_t *object, const char *key, struct vec *out)
{
    struct vec texts = {0};
    int status = reader_list(in, object, key, &texts);
    VEC_EACH (struct str, text, &texts) {
        struct regex *regex = NULL;
        if (!status)
            status = reader_compile(in, key, glob_expression(in->arena, *text), &regex);
        *VEC_PUSH(in->arena, out, regex_ref) = regex;
    }
    return status;
}

int reader_finds(struct reader *in, json_t *object, struct vec *out)
{
    json_t *finds = json_object_get(object, "find"), *value;
    const char *name;
    int status = 0;
    if (finds && !json_is_object(finds))
        return reader_wrong(in, "find", "an object of expressions");
    json_object_foreach(finds, name, value)
    {
        struct rule_find *find = VEC_PUSH(in->arena, out, struct rule_find);
        find->value = str_copy(in->arena, str_of(name));
        if (!status)
            status = reader_regex(in, finds, name, &find->regex);
    }
    return status;
}

int reader_options(struct reader *in, json_t *object, struct vec *out)
{
    json_t *options = json_object_get(object, "options"), *value;
    const char *name;
    int status = 0;
    if (options && !json_is_object(options))
        return reader_wrong(in, "options", "an object");
    json_object_foreach(options, name, value)
    {
        struct rule_option *option = VEC_PUSH(in->arena, out, struct rule_option);
        option->name = str_copy(in->arena, str_of(name));
        if (!status)
            status = reader_list(in, options, name, &option->spellings);
    }
    return status;
}

/* An object of strings, to struct signal_value (which struct value equals in shape). */
int reader_pairs(struct reader *in, json_t *object, const char *key, struct vec *out)
{
    json_t *pairs = json_object_get(object, key), *value;
    const char *name;
    if (pairs && !json_is_object(pairs))
        return reader_wrong(in, key, "an object of strings");
    json_object_foreach(pairs, name, value)
    {
        if (!json_is_string(value))
            return reader_wrong(in, key, "an object of strings");
        struct signal_value *pair = VEC_PUSH(in->arena, out, struct signal_value);
        pair->name = str_copy(in->arena, str_of(name));
        pair->value = reader_text_of(in, value);
    }
    return 0;
}

int reader_words(struct reader *in, json_t *object, struct vec *out)
{
    json_t *names = json_object_get(object, "words"), *words;
    const char *name;
    int status = 0;
    if (names && !json_is_object(names))
        return reader_wrong(in, "words", "an object of objects of strings");
    json_object_foreach(names, name, words)
    {
        struct vec pairs = {0};
        if (!status)
            status = reader_pairs(in, names, name, &pairs);
        VEC_EACH (struct signal_value, pair, &pairs) {
            struct rule_word *word = VEC_PUSH(in->arena, out, struct rule_word);
            *word = (struct rule_word){str_copy(in->arena, str_of(name)), pair->name, pair->value};
        }
    }
    return status;
}
