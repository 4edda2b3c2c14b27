/* A call of the Claude API, and where the figures of it come from.
 *
 * Unknown numbers are -1, unknown texts "", unknown times NO_TIME. Money is in 10^-12 USD. */
#ifndef MODEL_CALL_H
#define MODEL_CALL_H

#include "base/str.h"
#include "model/self_report.h"

#include <stdbool.h>
#include <stdint.h>

#define NO_COST INT64_MIN

#define CALL_LIMIT_SPEND "spend" /* struct call's limit: the account's own cap */

enum call_source { CALL_TLS, CALL_PLAIN, CALL_TRANSCRIPT, CALL_PROCESS, CALL_REPORTED };

enum call_usage { USAGE_COMPLETE, USAGE_PARTIAL, USAGE_NONE };

struct tokens {
    int64_t input, output, cache_write_5m, cache_write_1h, cache_read;
    int64_t web_searches, web_fetches;
};

/* No count of a call is larger; what says so is damaged. Sums of a recording's calls stay in 64 bits. */
#define CALL_COUNT_MAX ((int64_t)1 << 44)

static inline int64_t call_count(int64_t number)
{
    return number < 0 || number > CALL_COUNT_MAX ? -1 : number;
}

static inline struct tokens tokens_unknown(void) { return (struct tokens){-1, -1, -1, -1, -1, -1, -1}; }

struct call {
    int64_t start_ns, end_ns, last_ns;
    int64_t response_ns, first_token_ns;
    struct str model;      /* as asked for */
    struct str model_used; /* as answered */
    struct str stage, scene, host, endpoint;
    struct str request_id, message_id, session;
    struct str stop_reason, service_tier;
    struct str error_type, error_message;
    struct str limit; /* name of the rate limit that was hit */
    struct str usage_reason;
    struct str rule; /* that saw the run of the claude program; "": seen without one */
    struct tokens tokens;
    int64_t cost; /* NO_COST: not known */
    int64_t http_status, retry_after_ns, wait_ns;
    int64_t sdk_attempt, body_bytes, sent_bytes, received_bytes, max_tokens;
    /* On standard input and output of the claude program whose call it is; 0: not known. */
    uint64_t stdin_bytes, stdout_bytes;
    enum call_source source;
    enum call_usage usage;
    uint32_t failure; /* why it failed; NONE */
    uint32_t node, pid, tid, video;
    uint32_t retried_by; /* while they are put together: index of the call that repeats this one; NONE */
    int success;         /* -1: not known */
    int should_retry;    /* as the answer says; -1: it does not */
    bool rate_limited, cut, streaming, by_sdk;
    bool timed; /* a transcript tells of it, and its times are those of the program's connection */
    uint64_t key, attempt, retry_of; /* 0: none */
    struct self_report report;
};

/* Of a cost sum: several calls together. */
struct cost_sum {
    uint64_t calls, without_cost;
    int64_t cost;
    struct tokens tokens; /* the known ones */
};

/* Of a call that failed: whether the same request may work later. A spending cap, a wrong request or a wrong
 * key stays what it is. */
bool call_is_retryable(const struct call *call);

void cost_sum_add(struct cost_sum *cost_sum, const struct call *call);

/* Written to the cache, for 5 minutes and for an hour; -1: not known. */
int64_t tokens_cache_creation(const struct tokens *tokens);

const char *call_source_word(enum call_source source);
const char *call_usage_word(enum call_usage usage);

/* Input, output and cache together; -1 when input or output is not known. */
int64_t tokens_total(const struct tokens *tokens);

#endif
