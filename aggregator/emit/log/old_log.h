/* The logs of a video that are there already. */
#ifndef EMIT_LOG_OLD_LOG_H
#define EMIT_LOG_OLD_LOG_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

/* *old: the document at `path`; NULL when there is none, or when it had to be moved aside: then *aside (of
 * aside_bytes) is its new path, else "". */
int old_log_read(const char *path, json_t **old, char *aside, size_t aside_bytes, struct err *err);

/* The same of <video folder>/logs.json beside the .pipeline/logs/logs.json at `path`, where older loggers
 * wrote. That file is read and never changed; one that is no log is named in *unread. */
int old_log_read_beside(const char *path, json_t **older, char *unread, size_t unread_bytes, struct err *err);

#endif
