/* Events as JSON, one a line. */
#ifndef EMIT_EXPORT_NDJSON_H
#define EMIT_EXPORT_NDJSON_H

#include "model/record.h"

#include <stdio.h>

/* Returns 0, or -1 when the stream does not take it (ferror and errno tell why). */
int ndjson_write_event(FILE *out, const struct event_line *line);

#endif
