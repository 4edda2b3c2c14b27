/* Writes logs.json: the document, and its place on disk. */
#ifndef EMIT_LOG_LOG_DOCUMENT_H
#define EMIT_LOG_LOG_DOCUMENT_H

#include "base/err.h"
#include "model/log.h"

#include <jansson.h>

/* The whole document of one video, as docs/logs.schema.json describes it. A new reference. */
json_t *log_document(const struct log *log);

/* Puts the document at `path`, together with what others wrote into a logs.json that is there; folders are
 * made, and the file changes in one rename. */
int log_file_write(const char *path, json_t *document, struct logs_odd *odd, struct err *err);

#endif
