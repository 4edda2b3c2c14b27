/* What report.c puts together. */
#ifndef EMIT_REPORT_REPORT_PARTS_H
#define EMIT_REPORT_REPORT_PARTS_H

#include "emit/report/report_columns.h"
#include "model/io_report.h"
#include "model/log.h"

/* A table for each section of the logs; video: the document's index. */
void report_add_logs(struct columns *set, const json_t *documents);

/* processes, samples and spans, as emit/tables.def has them; times are numbers. */
void report_add_run(struct columns *set, const struct conclusion *run);

/* files: a row for each path and video. */
void report_add_files(struct columns *set, const struct conclusion *run, const struct io_report *io);

#endif
