/* Reads the document, not the recording: logs of scripts' own loggers are asked the same questions. */
#include "emit/log_view.h"

const char *log_view_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

json_int_t log_view_whole(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

struct video_status log_view_status(const json_t *log)
{
    struct video_status status = {0};
    const char *key;
    json_t *stage;
    json_object_foreach(json_object_get(log, "stages"), key, stage)
    {
        enum outcome outcome;
        if (outcome_of_stage_word(log_view_text(stage, "status"), &outcome))
            video_status_add(&status, outcome);
        else
            status.stages++;
    }
    return status;
}

bool log_view_stage_failed(const json_t *stage)
{
    enum outcome outcome;
    return outcome_of_stage_word(log_view_text(stage, "status"), &outcome) && outcome_failed(outcome);
}

void log_view_errors(const json_t *log, struct log_view_visitor *visitor)
{
    const char *key;
    json_t *error, *variant;
    size_t i;
    json_object_foreach(json_object_get(log, "errors"), key, error)
    {
        const json_t *variants = json_object_get(error, "variants");
        json_array_foreach(variants, i, variant) visitor->see(visitor, log, key, error, variant);
        if (!json_array_size(variants))
            visitor->see(visitor, log, key, error, error);
    }
}

const char *log_view_error_identity(const json_t *variant)
{
    const char *fingerprint = log_view_text(variant, "fingerprint");
    return *fingerprint ? fingerprint : log_view_text(variant, "message");
}

json_int_t log_view_occurrences(const json_t *variant)
{
    json_int_t count = json_integer_value(json_object_get(variant, "occurrence_count"));
    return count > 0 ? count : 1;
}
