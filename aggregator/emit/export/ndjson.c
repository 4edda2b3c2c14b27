/* A line of JSON from an event's shape: no event is known here by name but io_fail, whose code is a call. */
#include "emit/export/ndjson.h"

#include "emit/text.h"

static json_t *number(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

/* The field in these cells; *cells moves on. */
static json_t *field_value(enum field_type type, const uint64_t **cells)
{
    struct str s;
    const uint64_t *at = *cells;
    bool string = type == FIELD_STRING || type == FIELD_WORDS;
    *cells += string ? sizeof s / sizeof *at : 1;
    if (type == FIELD_SIGNED)
        return json_integer((json_int_t)(int64_t)*at);
    if (type == FIELD_UNSIGNED)
        return number(*at);
    memcpy(&s, at, sizeof s);
    return type == FIELD_WORDS ? text_json_words(s) : text_json(s);
}

static void add_fields(json_t *object, const struct record *record)
{
    const struct shape *shape = &record_shapes[record->code];
    const uint64_t *cells = record->cells;
    for (unsigned i = 0; i < shape->count; i++)
        json_object_set_new(object, shape->fields[i].name, field_value(shape->fields[i].type, &cells));
}

static const char *call_of(const struct record *record)
{
    const char *call = record_shapes[record->code].call;
    if (record->code == VL_io_fail && record->io_fail.code < 256)
        call = record_shapes[record->io_fail.code].call;
    return call ? call : "";
}

static json_t *line_json(const struct event_line *line)
{
    char time[ISO_BYTES];
    json_t *object = json_object();
    text_iso_utc(line->time_ns, time);
    json_object_set_new(object, "t", json_string(time));
    json_object_set_new(object, "video", line->video.len ? text_json(line->video) : json_null());
    json_object_set_new(object, "host", text_json(line->host));
    json_object_set_new(object, "pid", json_integer(line->pid));
    json_object_set_new(object, "tid", json_integer(line->tid));
    json_object_set_new(object, "kind", json_string(record_shapes[line->record->code].kind));
    if (*call_of(line->record))
        json_object_set_new(object, "call", json_string(call_of(line->record)));
    json_object_set_new(object, "took_ns", number(line->took_ns));
    add_fields(object, line->record);
    if (line->path.len && !json_object_get(object, "path"))
        json_object_set_new(object, "path", text_json(line->path));
    return object;
}

int ndjson_write_event(FILE *out, const struct event_line *line)
{
    json_t *object = line_json(line);
    int failed = json_dumpf(object, out, JSON_COMPACT);
    json_decref(object);
    return failed || putc('\n', out) == EOF ? -1 : 0;
}
