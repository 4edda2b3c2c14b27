/* What a log says, whoever wrote it: asked by all that shows several logs, so that they count the same. */
#ifndef EMIT_LOG_VIEW_H
#define EMIT_LOG_VIEW_H

#include "model/video_status.h"

#include <jansson.h>

/* How its stages came out. */
struct video_status log_view_status(const json_t *log);

/* Whether a stage failed, timed out or was interrupted. */
bool log_view_stage_failed(const json_t *stage);

/* Sees each error of a log, by `key` of its "errors": a variant where the log tells them apart, else the
 * entry itself. */
struct log_view_visitor {
    void (*see)(struct log_view_visitor *visitor, const json_t *log, const char *key, const json_t *error,
                const json_t *variant);
};
void log_view_errors(const json_t *log, struct log_view_visitor *visitor);

/* What makes two of them the same error, besides their category: the fingerprint, or the message where there
 * is none. */
const char *log_view_error_identity(const json_t *variant);

/* How often it was met; at least once. */
json_int_t log_view_occurrences(const json_t *variant);

/* The text, or the whole number, at a key; "" and 0 where there is none. */
const char *log_view_text(const json_t *object, const char *key);
json_int_t log_view_whole(const json_t *object, const char *key);

#endif
