/* Each function knows one way of looking like an error. */
#include "rules/looks_like_error.h"

#include <ctype.h>

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Of a text the word that it ends with. */
static struct str tail(struct str text)
{
    size_t begin = text.len;
    while (begin && is_word(text.ptr[begin - 1]))
        begin--;
    return str_slice(text, begin, text.len);
}

/* Written like the name of a class: MemoryError, ReadTimeout */
static bool is_camel(struct str word)
{
    bool humps = false;
    for (size_t i = 1; i < word.len; i++)
        humps |= isupper((unsigned char)word.ptr[i]) && islower((unsigned char)word.ptr[i - 1]);
    return humps;
}

/* SyntaxErrorHandler, on_MemoryError: the pattern's ends are in the middle of a name. */
static bool is_part_of_name(struct str before, struct str match, struct str after)
{
    bool joins_left = before.len && is_word(before.ptr[before.len - 1]) && is_word(match.ptr[0]);
    bool joins_right = after.len && is_word(after.ptr[0]) && is_camel(tail(match));
    return joins_left || joins_right;
}

/* "handle_OddError registered": begins with such a name, but no exception is told so. */
static bool is_sentence(struct str before, struct str match, struct str after)
{
    bool name = !before.len && (str_ends(match, STR("Error")) || str_ends(match, STR("Exception")));
    for (size_t i = 0; name && i < match.len; i++)
        name = is_word(match.ptr[i]) || match.ptr[i] == '.';
    return name && after.len > 1 && after.ptr[0] == ' ' && after.ptr[1] != '[' && after.ptr[1] != '(';
}

/* Of what stands before the match the last word, without punctuation. */
static struct str last_word(struct str before)
{
    size_t end = before.len, begin;
    while (end && !is_word(before.ptr[end - 1]) && before.ptr[end - 1] != '.')
        end--;
    for (begin = end; begin && is_word(before.ptr[begin - 1]);)
        begin--;
    return str_slice(before, begin, end - begin);
}

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_of(words[i])))
            return true;
    return false;
}

#define IS_ONE_OF(word, list) is_one_of((word), (list), sizeof(list) / sizeof *(list))

/* "0 SyntaxErrors", "no MemoryError", "without Broken pipe" */
static bool is_denied(struct str before)
{
    static const char *const words[] = {"0",     "no",     "No",      "zero",    "never",   "without",
                                        "not",   "ignore", "ignores", "ignored", "handles", "handle",
                                        "avoid", "avoids", "catch",   "catches", "except",  "skips"};
    return before.len && before.ptr[before.len - 1] == ' ' && IS_ONE_OF(last_word(before), words);
}

/* "MemoryError: 0", "ReadTimeout=30", "PermissionError handled", "SyntaxError()" */
static bool is_setting(struct str after)
{
    static const char *const words[] = {"handled", "handler", "tests", "test",
                                        "count",   "rate",    "fixed", "ignored"};
    struct str rest = str_trim(after), word = rest;
    if (after.len && (after.ptr[0] == '=' || after.ptr[0] == '('))
        return true;
    if (str_equal(rest, STR(": 0")) || str_equal(rest, STR("s: 0")) || str_equal(rest, STR(": none")))
        return true;
    for (word.len = 0; word.len < rest.len && is_word(rest.ptr[word.len]);)
        word.len++;
    return after.len && after.ptr[0] == ' ' && IS_ONE_OF(word, words);
}

/* A line of a program's text, as a traceback shows it under a frame. */
static bool is_source(struct str line)
{
    static const char *const words[] = {"except", "raise", "def", "assert", "throw", "catch", "#include"};
    static const char *const open[] = {"class",  "import", "from", "if",    "elif",
                                       "return", "with",   "for",  "while", "print"};
    struct str rest = str_trim(line), word = rest;
    for (word.len = 0; word.len < rest.len && rest.ptr[word.len] != ' ' && rest.ptr[word.len] != '(';)
        word.len++;
    if (IS_ONE_OF(word, words))
        return true;
    return IS_ONE_OF(word, open) && strchr(":;{)", rest.ptr[rest.len - 1]);
}

/* INFO, DEBUG: whoever wrote the line did not mean an error. */
static bool is_harmless_level(struct str before)
{
    static const char *const levels[] = {"INFO", "DEBUG", "TRACE"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        ptrdiff_t at = str_find(before, str_of(levels[i]));
        size_t end = at < 0 ? 0 : (size_t)at + strlen(levels[i]);
        if (at >= 0 && at < 40 && (at == 0 || !is_word(before.ptr[at - 1])) &&
            (end >= before.len || !is_word(before.ptr[end])))
            return true;
    }
    return false;
}

/* "KeyError: 'MemoryError'": the name of another error in what an exception says. One that it passes on
 * stands first and goes on with a colon: "RuntimeError: MemoryError: ...". */
static bool is_quoted_name(struct str before, struct str match, struct str after)
{
    bool name = str_ends(match, STR("Error")) || str_ends(match, STR("Exception"));
    for (size_t i = 0; name && i < match.len; i++)
        name = is_word(match.ptr[i]);
    bool quoted =
        before.len && after.len && strchr("'\"`", before.ptr[before.len - 1]) && strchr("'\"`", after.ptr[0]);
    return name && quoted;
}

bool looks_like_error(struct str line, struct str match)
{
    if (!match.len)
        return true;
    size_t at = (size_t)(match.ptr - line.ptr);
    struct str before = str_slice(line, 0, at), after = str_slice(line, at + match.len, line.len);
    return !is_part_of_name(before, match, after) && !is_sentence(before, match, after) &&
           !is_denied(before) && !is_setting(after) && !is_source(line) && !is_harmless_level(before) &&
           !is_quoted_name(before, match, after);
}
