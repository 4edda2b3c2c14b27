/* The report on files and processes, for programs and for people. */
#ifndef EMIT_SCREEN_IO_H
#define EMIT_SCREEN_IO_H

#include "model/io_report.h"

#include <stdio.h>

/* Both return 0, or -1 when the stream does not take it. */
int io_write_json(FILE *out, const struct io_report *report);
int io_write_table(FILE *out, const struct io_report *report);

#endif
