/* An entry of theirs has one partner at the most; those that agree exactly find each other first. */
#include "emit/log/pairs.h"

#include "base/diag.h"
#include "emit/log/log_shape.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NO_MOMENT INT64_MIN
#define NEAR_US   2000000 /* between a word and the log's own time-stamp of it */

/* Microseconds of an ISO 8601 time, whatever its zone; NO_MOMENT. */
static int64_t moment(const json_t *value)
{
    struct tm tm = {0};
    int used = 0;
    const char *text = json_string_value(value);
    if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
                        &tm.tm_min, &tm.tm_sec, &used) != 6)
        return NO_MOMENT;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    double fraction = text[used] == '.' ? strtod(text + used, NULL) : 0;
    return (int64_t)timegm(&tm) * 1000000 + (int64_t)(fraction * 1e6 + 0.5);
}

static int64_t moment_of(const json_t *entry, const char *key) { return moment(json_object_get(entry, key)); }

/* How far apart two entries of a list are; NO_MOMENT: they tell of different things. */
static int64_t distance(const char *section, const json_t *theirs, const json_t *ours)
{
    const json_t *reported = json_object_get(ours, "said_at"), *at = json_object_get(theirs, "timestamp");
    if (!reported || !at)
        return NO_MOMENT;
    if (strcmp(section, "validation_history") != 0)
        return json_equal(reported, at) ? 0 : NO_MOMENT;
    if (!json_equal(json_object_get(theirs, "type"), json_object_get(ours, "type")) ||
        !json_equal(json_object_get(theirs, "success"), json_object_get(ours, "success")))
        return NO_MOMENT;
    int64_t left = moment(reported), right = moment(at);
    int64_t apart = left > right ? left - right : right - left;
    return left == NO_MOMENT || right == NO_MOMENT || apart > NEAR_US ? NO_MOMENT : apart;
}

static bool is_taken(const struct pairs *pairs, size_t theirs)
{
    for (size_t i = 0; i < json_array_size(pairs->ours); i++)
        if (pairs->partner[i] == theirs)
            return true;
    return false;
}

static size_t nearest(const struct pairs *pairs, const char *section, const json_t *ours, int64_t most)
{
    size_t found = NO_PARTNER;
    for (size_t i = 0; i < json_array_size(pairs->theirs); i++) {
        int64_t apart = distance(section, json_array_get(pairs->theirs, i), ours);
        if (apart == NO_MOMENT || apart > most || (found != NO_PARTNER && apart == most) ||
            is_taken(pairs, i))
            continue;
        found = i;
        most = apart;
    }
    return found;
}

struct pairs pairs_find(const char *section, json_t *theirs, const json_t *ours)
{
    size_t count = json_array_size(ours);
    struct pairs pairs = {theirs, ours, malloc((count + 1) * sizeof *pairs.partner)};
    if (!pairs.partner)
        diag_no_memory();
    for (size_t i = 0; i < count; i++)
        pairs.partner[i] = NO_PARTNER;
    for (int64_t most = 0; most <= NEAR_US; most += NEAR_US)
        for (size_t i = 0; i < count; i++)
            if (pairs.partner[i] == NO_PARTNER)
                pairs.partner[i] = nearest(&pairs, section, json_array_get(ours, i), most);
    return pairs;
}

static json_t *with_recorded(json_t *theirs, json_t *ours)
{
    json_t *copy = json_copy(theirs);
    json_object_set(copy, SHAPE_RECORDED, ours);
    return copy;
}

bool pairs_join(struct pairs *pairs, size_t index)
{
    size_t partner = pairs->partner[index];
    json_t *ours = json_array_get(pairs->ours, index);
    const char *source = json_string_value(json_object_get(ours, "source"));
    if (partner == NO_PARTNER)
        return false;
    if (!source || strcmp(source, "annotation") != 0)
        json_array_set_new(pairs->theirs, partner,
                           with_recorded(json_array_get(pairs->theirs, partner), ours));
    return true;
}

void pairs_free(struct pairs *pairs)
{
    free(pairs->partner);
    pairs->partner = NULL;
}

static bool meets(int64_t at, int64_t from, int64_t to)
{
    return at != NO_MOMENT && from != NO_MOMENT && at >= from - NEAR_US &&
           (to == NO_MOMENT || at <= to + NEAR_US);
}

/* Whatever time of the stage theirs has: its completion may have dropped the start. */
static bool same_stage(const json_t *theirs, const json_t *ours)
{
    static const char *const times[] = {"start_time", "end_time", "timestamp", "completed_at", "updated_at"};
    int64_t from = moment_of(ours, "start_time"), to = moment_of(ours, "end_time");
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (meets(moment_of(theirs, times[i]), from, to))
            return true;
    return false;
}

static bool tells(const json_t *entry, const json_t *message)
{
    size_t i;
    json_t *variant;
    if (json_equal(json_object_get(entry, "message"), message))
        return true;
    json_array_foreach(json_object_get(entry, "variants"), i,
                       variant) if (json_equal(json_object_get(variant, "message"), message)) return true;
    return false;
}

static bool same_error(const json_t *theirs, const json_t *ours)
{
    int64_t from = moment_of(ours, "first_seen"), to = moment_of(ours, "last_seen");
    const json_t *message = json_object_get(theirs, "message");
    return json_is_string(message) && tells(ours, message) &&
           (meets(moment_of(theirs, "first_seen"), from, to) ||
            meets(moment_of(theirs, "last_seen"), from, to) ||
            meets(from, moment_of(theirs, "first_seen"), moment_of(theirs, "last_seen")));
}

static bool same_entry(const char *section, const json_t *theirs, const json_t *ours)
{
    if (json_object_get(theirs, SHAPE_RECORDED) || log_shape_is_ours(theirs))
        return false;
    return strcmp(section, "stages") == 0 ? same_stage(theirs, ours) : same_error(theirs, ours);
}

static const char *partner_of(const char *section, json_t *theirs, const char *key, const json_t *ours)
{
    json_t *there = json_object_get(theirs, key);
    if (there && same_entry(section, there, ours))
        return key;
    if (strcmp(section, "stages") == 0)
        return NULL;
    EACH_MEMBER(theirs, other, value)
    if (same_entry(section, value, ours))
        return other;
    return NULL;
}

bool pairs_join_entry(const char *section, json_t *theirs, const char *key, json_t *ours)
{
    const char *partner = partner_of(section, theirs, key, ours);
    if (partner)
        json_object_set_new(theirs, partner, with_recorded(json_object_get(theirs, partner), ours));
    return partner != NULL;
}
