/* Finds and reads logs.json files. */
#ifndef READ_LOG_FILES_H
#define READ_LOG_FILES_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

/* Whether a path is a spool: a folder with recordings in it. */
bool log_files_is_spool(const char *path);

/* Appends the log at `path`, or every .pipeline/logs/logs.json below it in order of their paths, to the
 * array. Links are not followed below a folder. Fails where one cannot be read, or none is there. */
int log_files_read(const char *path, json_t *documents, struct err *err);

#endif
