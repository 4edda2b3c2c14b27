/* What a story comes to in words. */
#include "model/story.h"

#include "model/video_status.h"

const char *outcome_word(enum outcome outcome)
{
    static const char *const words[] = {"success", "failed", "timeout", "interrupted", "running", "skipped"};
    return words[outcome];
}

const char *stage_word(enum outcome outcome)
{
    return outcome == OUTCOME_SUCCESS ? "completed" : outcome_word(outcome);
}

const char *story_status(const struct story *story)
{
    struct video_status status = {0};
    VEC_EACH (const struct stage, stage, &story->stages)
        video_status_add(&status, stage->outcome);
    return video_status_word(&status);
}

/* Where the call itself was not seen, only the text of its failure tells. */
bool call_rate_limited(const struct call *call, const struct failure *failure)
{
    if (call->source != CALL_PROCESS)
        return call->rate_limited;
    return failure && str_equal(failure->category, STR("claude_api_error")) &&
           (str_find(failure->message, STR("rate_limit")) >= 0 ||
            str_find(failure->message, STR("429")) >= 0);
}
