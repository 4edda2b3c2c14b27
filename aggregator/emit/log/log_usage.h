/* The performance section of a stage or a video. */
#ifndef EMIT_LOG_LOG_USAGE_H
#define EMIT_LOG_LOG_USAGE_H

#include "model/story.h"

#include <jansson.h>

/* A new reference. */
json_t *log_usage_section(const struct resource_usage *usage);

/* Processor time as per cent of a wall time; null when either is not known. */
json_t *log_usage_percent(int64_t cpu_us, int64_t wall_ns);

#endif
