/* Trace events, one at a time: what chrome.c and chrome_processes.c share. */
#ifndef EMIT_EXPORT_CHROME_H
#define EMIT_EXPORT_CHROME_H

#include "model/log.h"

#include <jansson.h>
#include <stdio.h>

struct chrome {
    FILE *out;
    const struct conclusion *run;
    int64_t base_ns; /* what is 0 in the trace */
    bool any;        /* an event was written */
    uint64_t arrows;
};

/* A place in the viewer: pid stands for a video on a host, tid for a process, or a lane above TRACK_LANES. */
struct track {
    uint32_t pid, tid;
};

#define TRACK_LANES 1000000000u /* no process has such an id */

/* A new event; the caller adds to it and hands it to chrome_put. */
json_t *chrome_event(const char *phase, struct track track, const char *name);
void chrome_set(json_t *event, const char *key, json_t *value);
void chrome_at(const struct chrome *chrome, json_t *event, const char *key, int64_t at_ns);
void chrome_put(struct chrome *chrome, json_t *event);

/* A slice from start to end; args may be NULL. */
void chrome_slice(struct chrome *chrome, struct track track, struct str name, const char *category,
                  int64_t start_ns, int64_t end_ns, json_t *args);

/* An arrow from one slice to another. */
void chrome_arrow(struct chrome *chrome, const char *name, struct track from, int64_t from_ns,
                  struct track to, int64_t to_ns);

/* The viewer's pid of a video (NONE: none) on a host. */
uint32_t chrome_pid(const struct chrome *chrome, uint32_t video, uint32_t host);

/* What each part of the trace is written by. */
void chrome_processes(struct chrome *chrome); /* names, slices and arrows of processes */
void chrome_story(struct chrome *chrome, const struct log *log, uint32_t video);
void chrome_counters(struct chrome *chrome, uint32_t video); /* NONE: of what works on no video */

#endif
