/* The document: its sections in their order. */
#include "emit/log/log_document.h"

#include "emit/cost_sums.h"
#include "emit/entry.h"
#include "emit/json.h"
#include "emit/log/log_usage.h"
#include "emit/log/sections.h"

static json_t *performance_section(const struct log *log)
{
    json_t *object = log_usage_section(&log->story->usage);
    if (log->story->rate_limit_periods.count)
        entry_set(object, "throttling", cost_sums_rate_limits(log));
    entry_sign(object);
    return object;
}

json_t *log_document(const struct log *log)
{
    json_t *root = json_object();
    entry_set(root, "video_id", json_text(log->story->video->name));
    entry_set(root, "created_at", json_time(log, log->story->first_ns));
    entry_set(root, "stages", section_stages(log));
    entry_set(root, "errors", section_errors(log));
    entry_set(root, "retry_attempts", section_attempts(log));
    entry_set(root, "claude_api_usage", section_calls(log));
    entry_set(root, "validation_history", section_checks(log));
    entry_set(root, "performance", performance_section(log));
    entry_set(root, "summary", section_summary(log));
    entry_set(root, "vlagg", section_origin(log));
    return root;
}
