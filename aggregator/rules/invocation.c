/* Takes command lines apart. */
#include "rules/invocation.h"

static bool is_interpreter(const struct rules *rules, struct str program)
{
    VEC_EACH (const regex_ref, regex, &rules->interpreters)
        if (regex_match(*regex, program))
            return true;
    return false;
}

static bool is_option(struct str word) { return word.len > 1 && word.ptr[0] == '-'; }

/* Steps over an interpreter's own options to its script or module; false when it runs neither. */
static bool find_script(struct str *rest, struct str *script)
{
    struct str word;
    while (str_next(rest, '\0', &word)) {
        if (str_equal(word, STR("-m")))
            return str_next(rest, '\0', script);
        if (str_equal(word, STR("-c")))
            return false; /* the program is text: the interpreter stands for itself */
        if (is_option(word) || str_find(word, STR("=")) > 0)
            continue; /* also NAME=VALUE of env */
        *script = word;
        return true;
    }
    return false;
}

/* argv ends each word by NUL: the last one too. */
static struct str without_end(struct str argv)
{
    return argv.len && argv.ptr[argv.len - 1] == '\0' ? str_slice(argv, 0, argv.len - 1) : argv;
}

static struct str join(struct arena *arena, struct str words)
{
    char *text = arena_copy(arena, words.ptr, words.len);
    for (size_t i = 0; i < words.len; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    return (struct str){text, words.len};
}

void invocation_find(struct arena *arena, const struct rules *rules, struct str exe,
                     struct invocation *command)
{
    struct str rest = without_end(command->argv), word = exe;
    if (rest.len)
        str_next(&rest, '\0', &word);
    struct str program = str_basename(word), script = {0}, after = rest;
    while (is_interpreter(rules, program) && find_script(&after, &script)) {
        program = str_basename(script);
        rest = after;
    }
    command->program = program;
    command->args = rest.len ? join(arena, rest) : STR("");
}

/* The value when `word` is this spelling, alone or with its value attached; *alone says the next word is it.
 */
static bool option_value(struct str word, struct str spelling, bool *alone, struct str *value)
{
    *alone = str_equal(word, spelling);
    if (*alone)
        return true;
    if (!str_starts(word, spelling))
        return false;
    bool is_long = str_starts(spelling, STR("--"));
    if (is_long && word.ptr[spelling.len] != '=')
        return false;
    *value = str_slice(word, spelling.len + is_long, word.len);
    return true;
}

struct str invocation_option(struct str argv, const struct rule_option *option)
{
    struct str rest = without_end(argv), word, value = STR("");
    bool alone;
    while (str_next(&rest, '\0', &word))
        VEC_EACH (struct str, spelling, &option->spellings) {
            if (!option_value(word, *spelling, &alone, &value))
                continue;
            if (alone)
                str_next(&rest, '\0', &value);
            return value;
        }
    return value;
}
