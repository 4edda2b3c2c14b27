/* The trace: its frame, and how an event is written. Times are microseconds since the recording began. */
#include "emit/export/chrome.h"

#include "emit/export/formats.h"
#include "emit/json.h"
#include "emit/text.h"

json_t *chrome_event(const char *phase, struct track track, const char *name)
{
    json_t *event = json_object();
    chrome_set(event, "ph", json_string(phase));
    chrome_set(event, "pid", json_integer(track.pid));
    chrome_set(event, "tid", json_integer(track.tid));
    chrome_set(event, "name", json_text(str_of(name)));
    return event;
}

void chrome_set(json_t *event, const char *key, json_t *value)
{
    json_object_set_new_nocheck(event, key, value);
}

void chrome_at(const struct chrome *chrome, json_t *event, const char *key, int64_t at_ns)
{
    chrome_set(event, key, json_real((double)(at_ns - chrome->base_ns) / 1e3));
}

void chrome_put(struct chrome *chrome, json_t *event)
{
    fputs(chrome->any ? ",\n" : "\n", chrome->out);
    json_put_compact(chrome->out, event);
    json_decref(event);
    chrome->any = true;
}

void chrome_slice(struct chrome *chrome, struct track track, struct str name, const char *category,
                  int64_t start_ns, int64_t end_ns, json_t *args)
{
    json_t *event = chrome_event("X", track, "");
    chrome_set(event, "name", json_text(name.len ? name : STR("?")));
    chrome_set(event, "cat", json_string(category));
    chrome_at(chrome, event, "ts", start_ns);
    chrome_set(event, "dur", json_real((double)(end_ns > start_ns ? end_ns - start_ns : 0) / 1e3));
    if (args)
        chrome_set(event, "args", args);
    chrome_put(chrome, event);
}

void chrome_arrow(struct chrome *chrome, const char *name, struct track from, int64_t from_ns,
                  struct track to, int64_t to_ns)
{
    json_t *tail = chrome_event("s", from, name), *head = chrome_event("f", to, name);
    json_int_t id = (json_int_t)++chrome->arrows;
    chrome_set(tail, "cat", json_string("arrow"));
    chrome_set(head, "cat", json_string("arrow"));
    chrome_set(tail, "id", json_integer(id));
    chrome_set(head, "id", json_integer(id));
    chrome_set(head, "bp", json_string("e")); /* to the slice around that moment */
    chrome_at(chrome, tail, "ts", from_ns);
    chrome_at(chrome, head, "ts", to_ns);
    chrome_put(chrome, tail);
    chrome_put(chrome, head);
}

uint32_t chrome_pid(const struct chrome *chrome, uint32_t video, uint32_t host)
{
    uint32_t videos = (uint32_t)chrome->run->tree.videos.count + 1;
    return 1 + host * videos + (video == NONE ? 0 : video + 1);
}

/* The first moment that anything of the trace names. */
static int64_t beginning(const struct conclusion *run)
{
    int64_t first = INT64_MAX;
    VEC_EACH (const struct node, node, &run->tree.nodes)
        first = node->start_ns < first ? node->start_ns : first;
    VEC_EACH (const struct log, log, &run->logs)
        first = log->story->first_ns < first ? log->story->first_ns : first;
    return first == INT64_MAX ? 0 : first;
}

int chrome_write(FILE *out, const struct conclusion *run, const struct export_options *options)
{
    (void)options;
    struct chrome chrome = {.out = out, .run = run, .base_ns = beginning(run)};
    char began[ISO_BYTES];
    text_iso_utc(chrome.base_ns, began);
    fprintf(out,
            "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"recorder\":\"vlshim\",\"begin\":\"%s\"},"
            "\"traceEvents\":[",
            began);
    chrome_processes(&chrome);
    chrome_counters(&chrome, NONE);
    for (uint32_t video = 0; video < run->logs.count; video++) {
        chrome_story(&chrome, VEC_AT(&run->logs, struct log, video), video);
        chrome_counters(&chrome, video);
    }
    fputs("\n]}\n", out);
    return ferror(out) ? -1 : 0;
}
