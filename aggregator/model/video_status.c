/* A bit for each outcome that was seen is all that it takes. */
#include "model/video_status.h"

void video_status_add(struct video_status *status, enum outcome outcome)
{
    status->stages++;
    status->seen |= 1u << outcome;
}

const char *video_status_word(const struct video_status *status)
{
    static const enum outcome worst[] = {OUTCOME_RUNNING, OUTCOME_INTERRUPTED, OUTCOME_FAILED,
                                         OUTCOME_TIMEOUT};
    for (size_t i = 0; i < sizeof worst / sizeof *worst; i++)
        if (status->seen >> worst[i] & 1u)
            return outcome_word(worst[i]);
    return status->stages ? stage_word(OUTCOME_SUCCESS) : "no stage seen";
}

bool outcome_failed(enum outcome outcome)
{
    return outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_INTERRUPTED;
}

bool video_status_failed(const struct video_status *status)
{
    for (enum outcome outcome = OUTCOME_SUCCESS; outcome <= OUTCOME_SKIPPED; outcome++)
        if (outcome_failed(outcome) && status->seen >> outcome & 1u)
            return true;
    return false;
}

bool outcome_of_stage_word(const char *word, enum outcome *outcome)
{
    for (*outcome = OUTCOME_SUCCESS; *outcome <= OUTCOME_SKIPPED; ++*outcome)
        if (word && strcmp(word, stage_word(*outcome)) == 0)
            return true;
    return false;
}
