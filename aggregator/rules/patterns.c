/* Reads error-patterns.tsv and finds the first row that holds. */
#include "rules/patterns.h"

#include "model/facts/facts.h"
#include "rules/looks_like_error.h"

#include <errno.h>
#include <signal.h>

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
