/* Evidence before text; of the text, what has the form of an error before any other line. */
#include "failures/diagnose.h"

#include "rules/patterns.h"

#define MESSAGE_BYTES_MAX 500

struct finding {
    bool found;
    struct verdict verdict;
    struct str line;
};

/* Takes the line if its row stands higher in the table than what was found before. */
static void try_line(struct arena *arena, const struct rules *rules, struct str line, struct finding *best)
{
    struct verdict verdict;
    if (!patterns_match(arena, rules, str_trim(line), &verdict))
        return;
    if (!best->found || verdict.row < best->verdict.row)
        *best = (struct finding){true, verdict, line};
}

/* Lines that are errors by their form: exceptions that were raised, and what TeX marks with "! ". */
static void try_errors(struct arena *arena, const struct rules *rules, const struct mishap *mishap,
                       struct finding *best)
{
    VEC_EACH (const struct str, line, &mishap->chain)
        try_line(arena, rules, *line, best);
    VEC_EACH (const struct str, line, &mishap->others)
        if (str_starts(*line, STR("! ")))
            try_line(arena, rules, *line, best);
}

/* Else the last line that the table knows. */
static void try_others(struct arena *arena, const struct rules *rules, const struct mishap *mishap,
                       struct finding *best)
{
    VEC_EACH (const struct str, line, &mishap->others) {
        if (best->found)
            return;
        try_line(arena, rules, *line, best);
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

static void settle(struct arena *arena, const struct verdict *verdict, struct str message,
                   struct mishap *mishap)
{
    mishap->message = shortened(arena, str_trim(message));
    mishap->category = verdict->category;
    mishap->fix = verdict->fix;
    mishap->pattern = verdict->pattern;
    mishap->fixable = verdict->fixable;
    mishap->auto_recoverable = verdict->auto_recoverable;
}

static void blame(struct arena *arena, const struct rules *rules, struct mishap *mishap)
{
    struct evidence evidence = mishap->evidence;
    struct finding best = {0};
    evidence.failed_without_text = false;
    if (patterns_weigh(arena, rules, &evidence, &best.verdict)) {
        settle(arena, &best.verdict, mishap->fallback, mishap);
        return;
    }
    try_errors(arena, rules, mishap, &best);
    try_others(arena, rules, mishap, &best);
    if (best.found) {
        settle(arena, &best.verdict, best.line, mishap);
        return;
    }
    struct str said = mishap->chain.count ? *VEC_LAST(&mishap->chain, struct str) : mishap->fallback;
    struct verdict unknown = {.category = STR("unknown_error"), .fixable = -1, .auto_recoverable = -1};
    evidence.failed_without_text = true;
    if (said.len && patterns_said(mishap->said_category, &unknown)) {
        settle(arena, &unknown, said, mishap);
        return;
    }
    if (patterns_weigh(arena, rules, &evidence, &unknown) || said.len)
        settle(arena, &unknown, said.len ? said : STR("no message was recorded"), mishap);
}

void blame_all(struct arena *arena, const struct rules *rules, struct story *story)
{
    VEC_EACH (struct mishap, mishap, &story->mishaps)
        blame(arena, rules, mishap);
}
