/* The allowed headers of an answer: which limit was hit, and when to come back. */
#include "llm_calls/observed_calls.h"

#include <strings.h>

#define LIMITS "anthropic-ratelimit-"

/* A decimal number in units of 10^-9; -1: it is none. */
static int64_t billionths(struct str text)
{
    int64_t value = 0, unit = 1000000000;
    bool digits = false, after = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !after) {
            after = true;
            continue;
        }
        if (c < '0' || c > '9' || value > INT64_MAX / 20)
            return -1;
        digits = true;
        if (after)
            value += (c - '0') * (unit /= 10);
        else
            value = value * 10 + (int64_t)(c - '0') * 1000000000;
    }
    return digits ? value : -1;
}

static bool is_named(struct str name, const char *wanted)
{
    return name.len == strlen(wanted) && strncasecmp(name.ptr, wanted, name.len) == 0;
}

/* "input-tokens" of anthropic-ratelimit-input-tokens-remaining; "" of others. */
static struct str limit_of(struct str name)
{
    size_t before = strlen(LIMITS), after = strlen("-remaining");
    if (name.len <= before + after || strncasecmp(name.ptr, LIMITS, before) != 0 ||
        strncasecmp(name.ptr + name.len - after, "-remaining", after) != 0)
        return STR("");
    return str_slice(name, before, name.len - before - after);
}

static void read_header(struct str name, struct str value, struct call *call)
{
    if (is_named(name, "retry-after-ms"))
        call->retry_after_ns = billionths(value) < 0 ? -1 : billionths(value) / 1000;
    else if (is_named(name, "retry-after") && call->retry_after_ns < 0)
        call->retry_after_ns = billionths(value);
    else if (is_named(name, "x-should-retry"))
        call->should_retry = str_equal(value, STR("true"));
    else if (is_named(name, "request-id") && !call->request_id.len)
        call->request_id = value;
    else if (is_named(name, LIMITS "unified-representative-claim") && call->rate_limited)
        call->limit = value;
    else if (call->rate_limited && !call->limit.len && billionths(value) == 0)
        call->limit = limit_of(name);
}

void headers_read_cap(struct call *call)
{
    if (call->rate_limited && str_find(call->error_message, STR("enforced_spend_limit_reached")) >= 0)
        call->limit = STR(CALL_LIMIT_SPEND);
}

void headers_read(struct str headers, struct call *call)
{
    struct str line;
    while (str_next(&headers, '\n', &line)) {
        struct str value = line, name;
        if (str_next(&value, ':', &name) && value.ptr)
            read_header(str_trim(name), str_trim(value), call);
    }
    headers_read_cap(call);
}
