/* Which fix was tried against which error, how often, and how often it helped. */
#include "emit/log/sections.h"

#include "emit/entry.h"
#include "emit/json.h"

struct tally {
    struct str fix, category, message;
    json_int_t tried, worked;
};

static struct tally *tally_of(const struct log *log, struct vec *tallies, const struct repair *repair)
{
    const struct failure *failure = entry_failure(log, repair->failure);
    struct str category = failure ? failure->category : STR(""),
               message = failure ? failure->message : STR("");
    VEC_EACH (struct tally, tally, tallies)
        if (str_equal(tally->fix, repair->fix) && str_equal(tally->category, category) &&
            str_equal(tally->message, message))
            return tally;
    struct tally *tally = VEC_PUSH(log->tree->arena, tallies, struct tally);
    *tally = (struct tally){.fix = repair->fix, .category = category, .message = message};
    return tally;
}

static json_t *tally_row(const struct tally *tally)
{
    json_t *object = json_object();
    entry_set(object, "fix", json_text(tally->fix));
    entry_set(object, "error_category", json_text_or_null(tally->category));
    entry_set(object, "error_message", json_text_or_null(tally->message));
    entry_set(object, "tried", json_integer(tally->tried));
    entry_set(object, "worked", json_integer(tally->worked));
    return object;
}

json_t *log_repairs_list(const struct log *log)
{
    struct vec tallies = {0};
    json_t *list = json_array();
    VEC_EACH (const struct repair, repair, &log->story->repairs) {
        struct tally *tally = tally_of(log, &tallies, repair);
        tally->tried++;
        tally->worked += repair->worked == 1;
    }
    VEC_EACH (const struct tally, tally, &tallies)
        json_array_append_new(list, tally_row(tally));
    return list;
}
