/* One table. */
#include "emit/log/log_shape.h"

#include <string.h>

static const struct {
    const char *key;
    enum shape shape;
} sections[] = {{"video_id", SHAPE_PLAIN},          {"created_at", SHAPE_PLAIN},
                {"stages", SHAPE_ENTRIES},          {"errors", SHAPE_ENTRIES},
                {"retry_attempts", SHAPE_LISTS},    {"claude_api_usage", SHAPE_LIST},
                {"validation_history", SHAPE_LIST}, {"performance", SHAPE_SINGLE},
                {"summary", SHAPE_SINGLE},          {"vlagg", SHAPE_PLAIN}};

enum shape log_shape_of(const char *key)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strcmp(sections[i].key, key) == 0)
            return sections[i].shape;
    return SHAPE_NONE;
}

bool log_shape_is_ours(const json_t *entry)
{
    const char *by = json_string_value(json_object_get(entry, "by"));
    return by && strcmp(by, "vlagg") == 0;
}

static bool all_objects(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_object(json_array_get(list, i)))
            return false;
    return json_is_array(list);
}

bool log_shape_fits(const json_t *theirs, enum shape shape)
{
    if (shape == SHAPE_LIST)
        return all_objects(theirs);
    if (shape == SHAPE_SINGLE)
        return log_shape_is_ours(theirs);
    if (!json_is_object(theirs))
        return false;
    EACH_MEMBER(theirs, key, value)
    if (shape == SHAPE_ENTRIES ? !json_is_object(value) : !all_objects(value))
        return false;
    return true;
}

json_t *log_shape_empty(enum shape shape)
{
    return shape == SHAPE_LIST                              ? json_array()
           : shape == SHAPE_ENTRIES || shape == SHAPE_LISTS ? json_object()
                                                            : json_null();
}
