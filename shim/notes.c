/* The exported functions of include/vlshim.h. */
#include "notes.h"

#include "config.h"
#include "emit.h"
#include "hook.h"
#include "scratch.h"
#include "spans.h"
#include "spool.h"
#include "video.h"
#include "words.h"

#include <errno.h>

#define KIND_BYTES 128u
#define JSON_BYTES (16u << 10)

void note_of(uint32_t video, uint64_t span, const char *name, const char *json, size_t bytes)
{
    EMIT(note_make, video, clock_instant(), span, span_of(name), {json, (uint32_t)bytes, false});
}

void note(const char *kind, const char *json)
{
    struct span k = span_of(kind ? kind : ""), j = span_of(json ? json : "");
    if (k.length > KIND_BYTES || j.length > JSON_BYTES) {
        spool_dropped(VL_REASON_TOO_LARGE);
        return;
    }
    j.mask = true;
    EMIT(note_make, VIDEO_CURRENT, clock_instant(), span_current(0), k, j);
}

struct json {
    char text[4096];
};

/* A string as JSON has it, quotes included. What does not fit is left out; bytes outside ASCII stay. */
static void put_string(struct words *w, const char *s)
{
    char out[8];
    words_text(w, "\"");
    for (; s && *s && w->end - w->at > 12; s++) {
        unsigned char c = (unsigned char)*s;
        size_t n = 0;
        if (c == '"' || c == '\\') {
            out[n++] = '\\';
            out[n++] = (char)c;
        } else if (c < 0x20) {
            memcpy(out, "\\u00", 4);
            out[4] = (char)('0' + (c >> 4));
            out[5] = "0123456789abcdef"[c & 15];
            n = 6;
        } else {
            out[n++] = (char)c;
        }
        words_put(w, out, n);
    }
    words_text(w, "\"");
}

HOOK_ONLY(void, vlshim_note, (const char *kind, const char *json))
{
    if (shim_on())
        note(kind, json);
}

HOOK_ONLY(void, vlshim_video, (const char *video))
{
    if (!shim_on() || config.video)
        return;
    struct thread *t = thread_get();
    if (!t)
        return;
    int error = errno;
    t->video_held = video && *video;
    thread_set_video(t, t->video_held ? video_named(video) : VIDEO_NONE);
    errno = error;
}

HOOK_ONLY(void, vlshim_stage_begin, (const char *stage, const char *method))
{
    if (!shim_on())
        return;
    SCRATCH(struct json, json);
    if (!json)
        return;
    struct words w = {json->text, json->text + 1024};
    words_text(&w, "{\"stage\": ");
    put_string(&w, stage);
    words_text(&w, ", \"method\": ");
    method ? put_string(&w, method) : words_text(&w, "null");
    words_text(&w, "}");
    note("stage_start", json->text);
}

HOOK_ONLY(void, vlshim_stage_end, (const char *stage, int success, const char *error))
{
    if (!shim_on())
        return;
    SCRATCH(struct json, json);
    if (!json)
        return;
    struct words w = {json->text, json->text + sizeof json->text};
    words_text(&w, "{\"stage\": ");
    put_string(&w, stage);
    words_text(&w, success ? ", \"success\": true, \"error\": " : ", \"success\": false, \"error\": ");
    error ? put_string(&w, error) : words_text(&w, "null");
    words_text(&w, "}");
    note("stage_complete", json->text);
}
