/* A table of wrappers: which of their options take a word, and how many words of their own come first. */
#include "inspect/wrapper.h"

#include "base/vec.h"

static const struct {
    const char *name, *with_value; /* the letters of options that take the next word */
    unsigned own;                  /* words before the command */
} wrappers[] = {
    {"env", "uCS", 0},    {"nice", "n", 0},     {"nohup", "", 0},   {"setsid", "", 0},
    {"stdbuf", "ioe", 0}, {"timeout", "ks", 1}, {"time", "fo", 0},  {"ionice", "cnp", 0},
    {"taskset", "", 1},   {"chrt", "", 1},      {"unshare", "", 0}, {"catchsegv", "", 0},
    {"vlrun", "o", 0},
};

static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ksh", "ash"};

bool wrapper_is_shell(struct str program)
{
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (str_equal(program, str_of(shells[i])))
            return true;
    return false;
}

static bool is_assignment(const char *word)
{
    size_t n = strcspn(word, "=");
    return word[n] == '=' && n > 0 && !memchr(word, '/', n);
}

/* Steps over options and what they take, then over the wrapper's own words. */
static char *const *skip(char *const *words, const char *with_value, unsigned own, bool assignments)
{
    words++;
    while (*words && ((**words == '-' && (*words)[1]) || (assignments && is_assignment(*words)))) {
        const char *option = *words++;
        bool ends = strcmp(option, "--") == 0;
        if (option[0] == '-' && option[1] != '-' && strlen(option) == 2 && strchr(with_value, option[1]) &&
            *words)
            words++;
        if (ends)
            break;
    }
    while (own-- && *words)
        words++;
    return *words ? words : NULL;
}

/* Blanks alone part the words: enough to name the program. */
static char *const *split(struct arena *arena, const char *text)
{
    struct vec words = {0};
    struct str rest = str_of(text), part;
    while (str_next(&rest, ' ', &part)) {
        part = str_trim(part);
        if (part.len)
            *VEC_PUSH(arena, &words, char *) = (char *)str_c(arena, part);
    }
    *VEC_PUSH(arena, &words, char *) = NULL;
    char **first = words.items;
    while (*first && (is_assignment(*first) || strcmp(*first, "exec") == 0))
        first++;
    return *first ? first : NULL;
}

static char *const *shell_command(struct arena *arena, char *const *words)
{
    for (words++; *words && **words == '-'; words++)
        if ((*words)[1] != '-' && strchr(*words, 'c'))
            return words[1] ? split(arena, words[1]) : NULL;
    return NULL;
}

char *const *wrapper_inner(struct arena *arena, struct str program, char *const *words)
{
    if (wrapper_is_shell(program))
        return shell_command(arena, words);
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
        if (str_equal(program, str_of(wrappers[i].name)))
            return skip(words, wrappers[i].with_value, wrappers[i].own, i == 0);
    return NULL;
}
