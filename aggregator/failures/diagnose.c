/* Evidence before text; of the text, what has the form of an error before any other line. */
#include "failures/diagnose.h"

#include "rules/patterns.h"

#define MESSAGE_BYTES_MAX 500

struct finding {
    bool found;
    struct error_kind kind_found;
    struct str line;
};

/* Takes the line if its row stands higher in the table than what was found before. */
static void consider_line(struct arena *arena, const struct rules *rules, struct str line,
                          struct finding *best)
{
    struct error_kind kind_found;
    if (!patterns_match(arena, rules, str_trim(line), &kind_found))
        return;
    if (!best->found || kind_found.row < best->kind_found.row)
        *best = (struct finding){true, kind_found, line};
}

/* Lines that are errors by their form: exceptions that were raised, and what TeX marks with "! ". */
static void consider_errors(struct arena *arena, const struct rules *rules, const struct failure *failure,
                            struct finding *best)
{
    VEC_EACH (const struct str, line, &failure->chain)
        consider_line(arena, rules, *line, best);
    VEC_EACH (const struct str, line, &failure->others)
        if (str_starts(*line, STR("! ")))
            consider_line(arena, rules, *line, best);
}

/* Else the last line that the table knows. */
static void consider_others(struct arena *arena, const struct rules *rules, const struct failure *failure,
                            struct finding *best)
{
    VEC_EACH (const struct str, line, &failure->others) {
        if (best->found)
            return;
        consider_line(arena, rules, *line, best);
    }
}

/* Not in the middle of a character. */
static struct str shortened(struct arena *arena, struct str text)
{
    size_t length = MESSAGE_BYTES_MAX;
    if (text.len <= length)
        return text;
    while (length > 0 && ((unsigned char)text.ptr[length] & 0xc0) == 0x80)
        length--;
    return str_format(arena, STR_FMT "\xe2\x80\xa6", (int)length, text.ptr);
}

static void settle(struct arena *arena, const struct error_kind *kind_found, struct str message,
                   struct failure *failure)
{
    failure->message = shortened(arena, str_trim(message));
    failure->category = kind_found->category;
    failure->fix = kind_found->fix;
    failure->pattern = kind_found->pattern;
    failure->fixable = kind_found->fixable;
    failure->auto_recoverable = kind_found->auto_recoverable;
}

static void diagnose(struct arena *arena, const struct rules *rules, struct failure *failure)
{
    struct evidence evidence = failure->evidence;
    struct finding best = {0};
    evidence.failed_without_text = false;
    if (patterns_weigh(arena, rules, &evidence, &best.kind_found)) {
        settle(arena, &best.kind_found, failure->fallback, failure);
        return;
    }
    consider_errors(arena, rules, failure, &best);
    consider_others(arena, rules, failure, &best);
    if (best.found) {
        settle(arena, &best.kind_found, best.line, failure);
        return;
    }
    struct str reported = failure->chain.count ? *VEC_LAST(&failure->chain, struct str) : failure->fallback;
    struct error_kind unknown = {.category = STR("unknown_error"), .fixable = -1, .auto_recoverable = -1};
    evidence.failed_without_text = true;
    if (reported.len && patterns_reported(failure->reported_category, &unknown)) {
        settle(arena, &unknown, reported, failure);
        return;
    }
    if (patterns_weigh(arena, rules, &evidence, &unknown) || reported.len)
        settle(arena, &unknown, reported.len ? reported : STR("no message was recorded"), failure);
}

void diagnose_all(struct arena *arena, const struct rules *rules, struct story *story)
{
    VEC_EACH (struct failure, failure, &story->failures)
        diagnose(arena, rules, failure);
}
