/* Entries are members of stages and errors, and rows of the lists. */
#include "read/recorded.h"

#include <stddef.h>

/* What the entry is to be; NULL: it is as it should be. A new reference. */
static json_t *unfolded(json_t *entry)
{
    json_t *recorded = json_object_get(entry, "recorded");
    if (!json_is_object(recorded) || !json_object_get(recorded, "by"))
        return NULL;
    json_t *both = json_copy(recorded);
    json_object_update_missing(both, entry);
    json_object_del(both, "recorded");
    return both;
}

static void unfold_rows(json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *both = unfolded(json_array_get(list, i));
        if (both)
            json_array_set_new(list, i, both);
    }
}

static void unfold_members(json_t *object)
{
    const char *key;
    json_t *entry;
    json_object_foreach(object, key, entry)
    {
        json_t *both = unfolded(entry);
        if (both)
            json_object_set_new(object, key, both);
    }
}

void recorded_unfold(json_t *document)
{
    const char *stage;
    json_t *list;
    unfold_members(json_object_get(document, "stages"));
    unfold_members(json_object_get(document, "errors"));
    unfold_rows(json_object_get(document, "claude_api_usage"));
    unfold_rows(json_object_get(document, "validation_history"));
    json_object_foreach(json_object_get(document, "retry_attempts"), stage, list) unfold_rows(list);
}
