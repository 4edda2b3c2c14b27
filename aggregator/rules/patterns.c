/* Reads error-patterns.tsv and finds the first row that holds. */
#include "rules/patterns.h"

#include "base/str.h"

#include <ctype.h>
#include <stdbool.h>

#include "model/facts/facts.h"

#include <errno.h>
#include <signal.h>

/* ---- whether a text that matched tells of an error, or only looks like it ---- */

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

static bool looks_like_error(struct str line, struct str match)
{
    if (!match.len)
        return true;
    size_t at = (size_t)(match.ptr - line.ptr);
    struct str before = str_slice(line, 0, at), after = str_slice(line, at + match.len, line.len);
    return !is_part_of_name(before, match, after) && !is_sentence(before, match, after) &&
           !is_denied(before) && !is_setting(after) && !is_source(line) && !is_harmless_level(before) &&
           !is_quoted_name(before, match, after);
}

/* ---- */

static int8_t tri(struct str word)
{
    return str_equal(word, STR("yes")) ? 1 : str_equal(word, STR("no")) ? 0 : -1;
}

static bool is_category(struct str word)
{
    static const char *const words[] = {"syntax",  "import",   "runtime",    "validation", "dependency",
                                        "timeout", "resource", "claude_api", "unknown"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(word, str_of(words[i])))
            return true;
    return false;
}

bool patterns_reported(struct str word, struct error_kind *out)
{
    const struct str end = STR("_error");
    if (!str_ends(word, end) || !is_category(str_slice(word, 0, word.len - end.len)) ||
        str_equal(word, STR("unknown_error")))
        return false;
    *out = (struct error_kind){.row = NONE, .category = word, .fixable = -1, .auto_recoverable = -1};
    return true;
}

int pattern_add(struct rules *rules, struct str place, struct str row, struct err *err)
{
    struct str cells[5] = {{0}}, whole = row;
    for (size_t i = 0; i < 5; i++)
        if (!str_next(&row, '\t', &cells[i]))
            return err_set(err, ERR_INPUT, STR_FMT ": a row has five cells, separated by tabs.",
                           STR_ARG(place));
    struct pattern *pattern = VEC_PUSH(rules->arena, &rules->patterns, struct pattern);
    pattern->place = str_copy(rules->arena, place);
    pattern->row = str_copy(rules->arena, whole);
    pattern->text = str_copy(rules->arena, cells[0]);
    pattern->category = str_copy(rules->arena, cells[1]);
    pattern->fixable = tri(cells[2]);
    pattern->auto_recoverable = tri(cells[3]);
    pattern->fix = str_copy(rules->arena, cells[4]);
    if (!is_category(cells[1]))
        return err_set(err, ERR_INPUT, STR_FMT ": \"" STR_FMT "\" is not one of the nine categories.",
                       STR_ARG(place), STR_ARG(cells[1]));
    if (str_starts(pattern->text, STR("@")))
        return 0;
    return regex_compile(rules->arena, place, pattern->text, &pattern->regex, err);
}

int patterns_parse(struct rules *rules, struct str where, struct str text, struct err *err)
{
    struct str row;
    for (size_t number = 1; str_next(&text, '\n', &row); number++) {
        if (!str_trim(row).len || str_starts(row, STR("#")))
            continue;
        struct str place = str_format(rules->arena, STR_FMT ":%zu", STR_ARG(where), number);
        int status = pattern_add(rules, place, row, err);
        if (status)
            return status;
    }
    return 0;
}

static const struct {
    const char *name;
    int number;
} signals[] = {{"KILL", SIGKILL}, {"SEGV", SIGSEGV}, {"ABRT", SIGABRT}, {"BUS", SIGBUS}, {"ILL", SIGILL},
               {"TERM", SIGTERM}, {"INT", SIGINT},   {"FPE", SIGFPE},   {"HUP", SIGHUP}};

/* "TERM|INT": is one of them the signal? */
static bool names_signal(struct str names, int signal)
{
    struct str name;
    while (str_next(&names, '|', &name))
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
            if (signals[i].number == signal && str_equal(name, str_of(signals[i].name)))
                return true;
    return false;
}

/* "SEGV" or "KILL,no_killer,high_memory". */
static bool signal_holds(const struct rules *rules, struct str condition, const struct evidence *evidence)
{
    struct str part;
    str_next(&condition, ',', &part);
    if (!evidence->signal || !names_signal(part, evidence->signal))
        return false;
    while (str_next(&condition, ',', &part)) {
        if (str_equal(part, STR("no_killer")) && evidence->killer_seen)
            return false;
        if (str_equal(part, STR("high_memory")) && evidence->peak_kb < rules->high_memory_kb)
            return false;
    }
    return true;
}

static bool connection_holds(const struct evidence *evidence)
{
    return evidence->connect_error == ECONNREFUSED || evidence->connect_error == ECONNRESET;
}

/* "max_tokens" of "@stop_reason:max_tokens". */
static bool stop_holds(struct str reason, const struct evidence *evidence)
{
    return evidence->stop_reason.len && str_equal(evidence->stop_reason, reason);
}

static bool evidence_holds(const struct rules *rules, struct str row, const struct evidence *evidence)
{
    if (str_equal(row, STR("@killed_by_parent_after_limit")))
        return evidence->killed_by_parent;
    if (str_starts(row, STR("@signal:")))
        return signal_holds(rules, str_slice(row, strlen("@signal:"), row.len), evidence);
    if (str_equal(row, STR("@stream_error_after_200")))
        return evidence->stream_error;
    if (str_starts(row, STR("@stop_reason:")))
        return stop_holds(str_slice(row, strlen("@stop_reason:"), row.len), evidence);
    if (str_starts(row, STR("@api_host:")))
        return connection_holds(evidence);
    if (str_equal(row, STR("@exit_not_0_no_known_text")))
        return evidence->failed_without_text;
    return false; /* evidence that this recording does not hold */
}

/* The suggested fix with \1 replaced by the capture. */
static struct str filled_fix(struct arena *arena, struct str fix, struct str capture)
{
    ptrdiff_t at = str_find(fix, STR("\\1"));
    if (at < 0)
        return fix;
    struct str after = str_slice(fix, (size_t)at + 2, fix.len);
    return str_format(arena, STR_FMT STR_FMT STR_FMT, (int)at, fix.ptr, STR_ARG(capture), STR_ARG(after));
}

static void fill(struct arena *arena, const struct pattern *pattern, size_t row, struct str capture,
                 struct error_kind *out)
{
    out->row = (uint32_t)row;
    out->pattern = pattern->text;
    out->category = str_format(arena, STR_FMT "_error", STR_ARG(pattern->category));
    out->fixable = pattern->fixable;
    out->auto_recoverable = pattern->auto_recoverable;
    out->fix = filled_fix(arena, pattern->fix, capture);
}

bool patterns_weigh(struct arena *arena, const struct rules *rules, const struct evidence *evidence,
                    struct error_kind *out)
{
    for (size_t i = 0; i < rules->patterns.count; i++) {
        const struct pattern *pattern = VEC_AT(&rules->patterns, struct pattern, i);
        if (pattern->regex || !evidence_holds(rules, pattern->text, evidence))
            continue;
        fill(arena, pattern, i, STR(""), out);
        return true;
    }
    return false;
}

bool patterns_match(struct arena *arena, const struct rules *rules, struct str line, struct error_kind *out)
{
    for (size_t i = 0; i < rules->patterns.count; i++) {
        const struct pattern *pattern = VEC_AT(&rules->patterns, struct pattern, i);
        if (!pattern->regex || !regex_match(pattern->regex, line) ||
            !looks_like_error(line, regex_group(pattern->regex, line, 0)))
            continue;
        fill(arena, pattern, i, regex_group(pattern->regex, line, 1), out);
        return true;
    }
    return false;
}
