/* Sums over calls. */
#include "model/call.h"

static int64_t known(int64_t number) { return number < 0 ? 0 : number; }

int64_t tokens_total(const struct tokens *t)
{
    if (t->input < 0 || t->output < 0)
        return -1;
    return t->input + t->output + known(t->cache_write_5m) + known(t->cache_write_1h) + known(t->cache_read);
}

int64_t tokens_cache_creation(const struct tokens *t)
{
    if (t->cache_write_5m < 0 && t->cache_write_1h < 0)
        return -1;
    return known(t->cache_write_5m) + known(t->cache_write_1h);
}

const char *call_source_word(enum call_source source)
{
    static const char *const words[] = {"tls", "plain", "transcript", "process", "annotation"};
    return words[source];
}

const char *call_usage_word(enum call_usage usage)
{
    static const char *const words[] = {"complete", "partial", "none"};
    return words[usage];
}

bool call_is_retryable(const struct call *call)
{
    int64_t status = call->http_status;
    if (str_equal(call->limit, STR(CALL_LIMIT_SPEND)))
        return false;
    if (call->should_retry >= 0)
        return call->should_retry;
    return status == 408 || status == 409 || status == 429 || status >= 500 || call->cut ||
           call->rate_limited;
}

void cost_sum_add(struct cost_sum *cost_sum, const struct call *call)
{
    const struct tokens *from = &call->tokens;
    struct tokens *into = &cost_sum->tokens;
    cost_sum->calls++;
    int64_t sum;
    if (call->cost == NO_COST || __builtin_add_overflow(cost_sum->cost, call->cost, &sum))
        cost_sum->without_cost++;
    else
        cost_sum->cost = sum;
    into->input += known(from->input);
    into->output += known(from->output);
    into->cache_write_5m += known(from->cache_write_5m);
    into->cache_write_1h += known(from->cache_write_1h);
    into->cache_read += known(from->cache_read);
    into->web_searches += known(from->web_searches);
    into->web_fetches += known(from->web_fetches);
}
