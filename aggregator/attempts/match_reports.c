/* A program speaks when a thing is over: the one that ended last before, and agrees with what is said, is
 * meant. */
#include "attempts/match_reports.h"

#include "timeline/stage_intervals.h"

#include <stdlib.h>

#define SLACK_NS 2000000000  /* between an end and the word of it */
#define LATE_NS  60000000000 /* the same, where the word does not say how long it took */

struct word word_of(const struct signal *signal, bool alone)
{
    return (struct word){.said = true, .alone = alone, .at_ns = signal->end_ns, .at = signal->said_at};
}

/* Whether something that lasted so long may be what the word is of. */
static bool fits(const struct signal *word, int64_t start_ns, int64_t last_ns)
{
    int64_t slack = word->at_ns < word->end_ns ? SLACK_NS : LATE_NS;
    return start_ns <= word->end_ns && last_ns >= word->at_ns - slack && last_ns <= word->end_ns + SLACK_NS;
}

/* The better of two: more agreement, then the end that is nearest. */
struct match {
    int agrees;
    int64_t apart;
};

static bool is_better(struct match one, struct match other)
{
    return one.agrees != other.agrees ? one.agrees > other.agrees : one.apart < other.apart;
}

#define NO_MATCH ((struct match){-1, INT64_MAX})

static int64_t apart(const struct signal *word, int64_t last_ns) { return llabs(word->end_ns - last_ns); }

static bool is_word(const struct teller *t, const struct signal *signal, enum signal_kind kind)
{
    return signal->from_note && signal->kind == kind && teller_concerns(t, signal);
}

static int tokens_agree(int64_t seen, int64_t said) { return seen >= 0 && seen == said; }

static int64_t value(const struct signal *word, struct str name)
{
    VEC_EACH (const struct signal_value, one, &word->values) {
        int64_t number = 0;
        if (!str_equal(one->name, name) || !one->value.len)
            continue;
        for (size_t i = 0; i < one->value.len; i++) {
            if (one->value.ptr[i] < '0' || one->value.ptr[i] > '9' || i > 12)
                return -1;
            number = number * 10 + (one->value.ptr[i] - '0');
        }
        return call_count(number);
    }
    return -1;
}

static struct call *call_meant(struct teller *t, const struct signal *word)
{
    struct match best = NO_MATCH;
    struct call *found = NULL;
    VEC_EACH (struct call, call, &t->story->calls) {
        struct str model = call->model_used.len ? call->model_used : call->model;
        struct match match = {
            (call->success == word->success) + 2 * (model.len && str_equal(model, word->model)) +
                4 * tokens_agree(call->tokens.output, value(word, STR("completion_tokens"))),
            apart(word, call->last_ns)};
        if (call->word.said || call->source == CALL_SAID ||
            teller_root(t, call->node) != teller_root(t, word->node) ||
            !fits(word, call->start_ns, call->last_ns) || !is_better(match, best))
            continue;
        best = match;
        found = call;
    }
    return found;
}

/* The call of which the word is all there is; NULL. */
static struct call *call_told(struct teller *t, const struct signal *word)
{
    VEC_EACH (struct call, call, &t->story->calls)
        if (call->source == CALL_SAID && call->node == word->node && call->tid == word->tid &&
            call->end_ns == word->end_ns)
            return call;
    return NULL;
}

void words_of_calls(struct teller *t)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        if (!is_word(t, signal, SIGNAL_CALL))
            continue;
        struct call *told = call_told(t, signal), *call = told ? told : call_meant(t, signal);
        if (call)
            call->word = word_of(signal, told != NULL);
    }
}

static bool is_that(struct word word, const struct signal *signal)
{
    return word.alone && word.at_ns == signal->end_ns && str_equal(word.at, signal->said_at);
}

/* Whether a try or a check is nothing but that word. */
static bool is_told(const struct teller *t, const struct signal *signal)
{
    VEC_EACH (const struct try, one, &t->story->tries)
        if (signal->kind == SIGNAL_ATTEMPT && is_that(one->word, signal))
            return true;
    VEC_EACH (const struct check, check, &t->story->checks)
        if (signal->kind == SIGNAL_VALIDATION && is_that(check->word, signal))
            return true;
    return false;
}

static struct try *try_meant(struct teller *t, const struct signal *word)
{
    struct match best = NO_MATCH;
    struct try *found = NULL;
    VEC_EACH (struct try, one, &t->story->tries) {
        bool agrees = word->success < 0 || (one->outcome == OUTCOME_SUCCESS) == word->success;
        struct match match = {4 * str_equal(one->method, word->method) + 2 * (one->number == word->number) +
                                  agrees,
                              apart(word, one->last_ns)};
        if (one->word.said || !str_equal(one->stage, word->stage) ||
            !fits(word, one->start_ns, one->last_ns) || !is_better(match, best))
            continue;
        best = match;
        found = one;
    }
    return found;
}

static struct check *check_meant(struct teller *t, const struct signal *word)
{
    struct match best = NO_MATCH;
    struct check *found = NULL;
    VEC_EACH (struct check, check, &t->story->checks) {
        struct match match = {0, apart(word, check->at_ns)};
        bool agrees = check->success < 0 || word->success < 0 || check->success == word->success;
        if (check->word.said || !agrees || !str_equal(check->type, word->check) ||
            !fits(word, check->at_ns, check->at_ns) || !is_better(match, best))
            continue;
        best = match;
        found = check;
    }
    return found;
}

void words_find(struct teller *t)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        struct try *one = NULL;
        struct check *check = NULL;
        if (is_told(t, signal))
            continue;
        if (is_word(t, signal, SIGNAL_ATTEMPT))
            one = try_meant(t, signal);
        else if (is_word(t, signal, SIGNAL_VALIDATION))
            check = check_meant(t, signal);
        if (one)
            one->word = word_of(signal, false);
        if (check)
            check->word = word_of(signal, false);
    }
}
