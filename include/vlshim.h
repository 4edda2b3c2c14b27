/* Annotations for programs that want to say themselves what they do. Header alone: nothing is linked, and
 * without the recorder each call is one comparison and does nothing.
 *
 *   #include <vlshim.h>
 *   vlshim_video("outputs/2015/inventing-math");
 *   vlshim_stage_begin("rendering", "scene_low");
 *   ...
 *   vlshim_stage_end("rendering", ok, ok ? NULL : "no output");
 *   vlshim_note("retry_attempt", "{\"stage\": \"rendering\", \"attempt_number\": 2}");
 *
 * Any thread; not from a signal handler before the first call in ordinary code. errno is kept. Strings are
 * copied, NULL counts as "". Other languages find the exported symbols vlshim_note, vlshim_video,
 * vlshim_stage_begin and vlshim_stage_end of libvlshim.so, which have the same parameters, with dlsym(NULL,
 * ...). */
#ifndef VLSHIM_H
#define VLSHIM_H

#include <dlfcn.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where an exported function is, looked for once; NULL without the recorder. */
static inline void *vlshim_find(void **place, const char *name)
{
    void *found = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (!found) {
        found = dlsym(NULL, name);
        __atomic_store_n(place, found ? found : (void *)place, __ATOMIC_RELAXED);
    }
    return found == (void *)place ? NULL : found;
}

/* Says something of the current video. kind: what a method log_<kind> of the enhanced_logging_system module
 * would say (stage_start, stage_complete, retry_attempt, claude_api_call, validation_attempt), or a word of
 * your own; json: an object with its arguments, at most 16 KiB. Keys and tokens in it are masked. */
static inline void vlshim_note(const char *kind, const char *json)
{
    static void *place;
    void *found = vlshim_find(&place, "vlshim_note");
    if (found)
        ((void (*)(const char *, const char *))found)(kind, json);
}

/* From here on this thread works on that video: its name, or a path that VLSHIM_VIDEO_PATHS knows. NULL or
 * "": on none. VLSHIM_VIDEO counts more. */
static inline void vlshim_video(const char *video)
{
    static void *place;
    void *found = vlshim_find(&place, "vlshim_video");
    if (found)
        ((void (*)(const char *))found)(video);
}

/* A stage of the current video begins; method may be NULL. */
static inline void vlshim_stage_begin(const char *stage, const char *method)
{
    static void *place;
    void *found = vlshim_find(&place, "vlshim_stage_begin");
    if (found)
        ((void (*)(const char *, const char *))found)(stage, method);
}

/* It ends; success: 0 or 1; error may be NULL. */
static inline void vlshim_stage_end(const char *stage, int success, const char *error)
{
    static void *place;
    void *found = vlshim_find(&place, "vlshim_stage_end");
    if (found)
        ((void (*)(const char *, int, const char *))found)(stage, success, error);
}

#ifdef __cplusplus
}
#endif

#endif
