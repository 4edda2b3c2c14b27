/* What report.c puts together. */
#ifndef EMIT_REPORT_PARTS_H
#define EMIT_REPORT_PARTS_H

#include "emit/columns.h"
#include "model/conclusion.h"
#include "model/io_report.h"

/* A table for each section of the logs; video: the document's index. */
void report_add_logs(struct columns *set, const json_t *documents);

/* processes, samples and files. */
void report_add_run(struct columns *set, const struct conclusion *conclusion, const struct io_report *io);

#endif
