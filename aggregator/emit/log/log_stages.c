/* Stages, with what each scene came to. */
#include "emit/log/sections.h"

#include "emit/entry.h"
#include "emit/json.h"
#include "emit/log/log_usage.h"

/* What is not over, or was cut off, is neither a success nor a failure. */
static json_t *success_of(enum outcome outcome)
{
    bool open = outcome == OUTCOME_RUNNING || outcome == OUTCOME_INTERRUPTED;
    return open ? json_null() : json_boolean(outcome == OUTCOME_SUCCESS || outcome == OUTCOME_SKIPPED);
}

static const struct variant *variant_of(const struct log *log, const struct failure *failure)
{
    VEC_EACH (const struct group, group, log->groups)
        VEC_EACH (const struct variant, variant, &group->variants)
            if (variant->fingerprint == failure->fingerprint &&
                str_equal(variant->example->stage, failure->stage))
                return variant;
    return NULL;
}

static json_t *stage_error(const struct log *log, const struct failure *failure)
{
    const struct variant *variant = variant_of(log, failure);
    json_t *object = json_object();
    entry_set_diagnosis(object, failure);
    entry_set(object, "occurrence_count", json_integer(variant ? (json_int_t)variant->count : 1));
    entry_set(object, "first_seen", json_time(log, variant ? variant->first_ns : failure->at_ns));
    entry_set(object, "last_seen", json_time(log, variant ? variant->last_ns : failure->at_ns));
    if (failure->scene.len)
        entry_set(object, "scene", json_text(failure->scene));
    entry_set_rule(object, failure->pattern);
    entry_sign(object);
    return object;
}

static json_t *scene_row(const struct scene *scene)
{
    json_t *object = json_object();
    entry_set(object, "scene", json_text(scene->name));
    entry_set(object, "status", json_string(outcome_word(scene->outcome)));
    entry_set(object, "attempts", json_integer(scene->attempts));
    entry_set(object, "duration", json_seconds(scene->duration_ns));
    entry_set(object, "exit_status", scene->exit_status < 0 ? json_null() : json_integer(scene->exit_status));
    entry_set(object, "output", json_text_or_null(scene->output));
    return object;
}

/* A number where all of it is one. */
static json_t *value_of(struct str text)
{
    json_int_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i > 15)
            return json_text(text);
        number = number * 10 + (text.ptr[i] - '0');
    }
    return text.len ? json_integer(number) : json_null();
}

static void set_scenes(json_t *object, const struct stage *stage)
{
    json_t *list = json_array();
    json_int_t good = 0;
    VEC_EACH (const struct scene, scene, &stage->scenes) {
        json_array_append_new(list, scene_row(scene));
        good += scene->outcome == OUTCOME_SUCCESS;
    }
    entry_set(object, "scenes", list);
    entry_set(object, "scenes_total", json_integer((json_int_t)stage->scenes.count));
    entry_set(object, "scenes_succeeded", json_integer(good));
}

/* What the stage's function returned counts more than what was counted from outside; null says nothing. */
static void add_returned(json_t *object, struct str result)
{
    json_t *returned = json_loadb(result.ptr ? result.ptr : "", result.len, 0, NULL), *value;
    const char *key;
    json_object_foreach(returned, key, value) if (!json_is_null(value) || !json_object_get(object, key))
        json_object_set(object, key, value);
    json_decref(returned);
}

static json_t *config(struct str given)
{
    json_t *object = json_loadb(given.ptr ? given.ptr : "", given.len, 0, NULL);
    return json_is_object(object) ? object : NULL;
}

static json_t *result_data(const struct log *log, const struct stage *stage)
{
    json_t *object = json_object(), *errors = json_array();
    VEC_EACH (const struct signal_value, value, &stage->values)
        json_object_set_new(object, str_c(log->tree->arena, value->name), value_of(value->value));
    if (stage->scenes.count)
        set_scenes(object, stage);
    VEC_EACH (const uint32_t, failure, &stage->validation_errors)
        json_array_append_new(errors, entry_message(log, *failure));
    entry_set(object, "validation_errors", errors);
    entry_set(object, "retry_attempts", json_integer(stage->retries));
    add_returned(object, stage->result);
    return object;
}

static json_t *stage_entry(const struct log *log, const struct stage *stage)
{
    json_t *object = json_object();
    entry_set(object, "status", json_string(stage_word(stage->outcome)));
    entry_set(object, "method", json_text_or_null(stage->method));
    if (stage->config.len)
        entry_set(object, "config", config(stage->config));
    entry_set(object, "start_time", json_time(log, stage->start_ns));
    entry_set(object, "end_time", json_time_or_null(log, stage->end_ns));
    entry_set(object, "success", success_of(stage->outcome));
    entry_set(object, "performance", log_usage_section(&stage->usage));
    entry_set(object, "result_data", result_data(log, stage));
    if (stage->failure != NONE)
        entry_set(object, "error", stage_error(log, entry_failure(log, stage->failure)));
    entry_set_rule(object, stage->rule);
    entry_sign(object);
    return object;
}

json_t *section_stages(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct stage, stage, &log->story->stages)
        json_object_set_new(object, str_c(log->tree->arena, stage->name), stage_entry(log, stage));
    return object;
}
