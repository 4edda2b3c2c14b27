/* Errors of several logs: the same one once, with all that met it. */
#include "emit/screen/overview_parts.h"
#include "emit/screen/put_text.h"

#include "emit/entry.h"
#include "emit/log_view.h"

#include <stdlib.h>
#include <string.h>

#define ERRORS_SHOWN 10

static json_t *text_or_null(const json_t *object, const char *key)
{
    const char *text = log_view_text(object, key);
    return *text ? json_string(text) : json_null();
}

static json_t *fresh(const json_t *error, const json_t *variant)
{
    json_t *group = json_object();
    entry_set(group, "category", text_or_null(error, "category"));
    entry_set(group, "message", text_or_null(variant, "message"));
    entry_set(group, "suggested_fix", text_or_null(variant, "suggested_fix"));
    entry_set(group, "occurrence_count", json_integer(0));
    entry_set(group, "stages", json_array());
    entry_set(group, "videos", json_array());
    return group;
}

/* Once; not what is null. There are few stages. */
static void add_stage(json_t *stages, json_t *name)
{
    json_t *known;
    size_t i;
    json_array_foreach(stages, i, known) if (json_equal(known, name)) return;
    if (json_is_string(name))
        json_array_append(stages, name);
}

/* Logs come one by one: only the last one may be the same. */
static void add_video(json_t *videos, json_t *name)
{
    size_t count = json_array_size(videos);
    if (!count || !json_equal(json_array_get(videos, count - 1), name))
        json_array_append(videos, name);
}

struct gathering {
    struct log_view_visitor visitor; /* first: it is all that add_error is given */
    json_t *groups;
};

static void add_error(struct log_view_visitor *visitor, const json_t *log, const char *entry,
                      const json_t *error, const json_t *variant)
{
    json_t *groups = ((struct gathering *)visitor)->groups;
    json_t *key = json_pack("[s,s]", log_view_text(error, "category"), log_view_error_identity(variant));
    char *name = json_dumps(key, JSON_COMPACT);
    json_t *group = json_object_get(groups, name);
    (void)entry;
    if (!group) {
        group = fresh(error, variant);
        json_object_set_new(groups, name, group);
    }
    entry_set(group, "occurrence_count",
              json_integer(overview_whole(group, "occurrence_count") + log_view_occurrences(variant)));
    add_stage(json_object_get(group, "stages"), json_object_get(error, "stage"));
    add_video(json_object_get(group, "videos"), json_object_get(log, "video_id"));
    free(name);
    json_decref(key);
}

struct ranked {
    json_t *group;
    size_t at;
};

/* The most frequent first, else as they came. */
static int order(const void *a, const void *b)
{
    const struct ranked *one = a, *other = b;
    json_int_t left = overview_whole(one->group, "occurrence_count"),
               right = overview_whole(other->group, "occurrence_count");
    if (left != right)
        return left > right ? -1 : 1;
    return (one->at > other->at) - (one->at < other->at);
}

static json_t *sorted(json_t *groups)
{
    size_t count = json_object_size(groups), filled = 0;
    struct ranked *list_of = calloc(count + 1, sizeof *list_of);
    const char *name;
    json_t *group, *list = json_array();
    json_object_foreach(groups, name, group)
    {
        list_of[filled] = (struct ranked){group, filled};
        filled++;
    }
    qsort(list_of, count, sizeof *list_of, order);
    for (size_t i = 0; i < count; i++)
        json_array_append(list, list_of[i].group);
    free(list_of);
    return list;
}

json_t *overview_errors(const json_t *documents)
{
    struct gathering gathering = {.visitor.see = add_error, .groups = json_object()};
    json_t *log;
    size_t i;
    json_array_foreach(documents, i, log) log_view_errors(log, &gathering.visitor);
    json_t *list = sorted(gathering.groups);
    json_decref(gathering.groups);
    return list;
}

/* "rendering, cleaning", or "4 videos" where there are more than two. */
static void put_names(char *out, size_t bytes, const json_t *list, const char *many)
{
    size_t count = json_array_size(list);
    const char *first = json_string_value(json_array_get(list, 0)),
               *second = json_string_value(json_array_get(list, 1));
    if (count > 2)
        snprintf(out, bytes, "%zu %s", count, many);
    else
        snprintf(out, bytes, "%s%s%s", first ? first : "", second ? ", " : "", second ? second : "");
}

static void put_line(FILE *out, const char *label, const char *words, const char *colour, const char *plain)
{
    fprintf(out, "%s%8s", colour, "");
    fputs(label, out);
    put_cut(out, words, COLUMNS - 8 - (int)strlen(label), false);
    fprintf(out, "%s\n", plain);
}

static void put_error(FILE *out, const json_t *error, bool colours)
{
    const char *red = colours ? RED : "", *faint = colours ? FAINT : "", *plain = colours ? PLAIN : "";
    char stages[128], videos[128], where[384];
    put_names(stages, sizeof stages, json_object_get(error, "stages"), "stages");
    put_names(videos, sizeof videos, json_object_get(error, "videos"), "videos");
    snprintf(where, sizeof where, "%s in %s%s%s", log_view_text(error, "category"), stages,
             *stages && *videos ? " of " : "", videos);
    fprintf(out, "%6" JSON_INTEGER_FORMAT "x %s", overview_whole(error, "occurrence_count"), red);
    put_cut(out, log_view_text(error, "message"), COLUMNS - 8, false);
    fprintf(out, "%s\n", plain);
    put_line(out, "", where, faint, plain);
    if (*log_view_text(error, "suggested_fix"))
        put_line(out, "fix: ", log_view_text(error, "suggested_fix"), "", "");
}

void overview_print_errors(FILE *out, const json_t *errors, bool colours)
{
    size_t i, count = json_array_size(errors);
    json_t *error;
    if (count)
        putc('\n', out);
    json_array_foreach(errors, i, error) if (i < ERRORS_SHOWN) put_error(out, error, colours);
    if (count > ERRORS_SHOWN)
        fprintf(out, "        and %zu more; vlagg report shows all\n", count - ERRORS_SHOWN);
}
