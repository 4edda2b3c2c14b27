/* One page that shows everything: the figures as data in it, its scripts and styles from data/report/. */
#ifndef EMIT_REPORT_REPORT_H
#define EMIT_REPORT_REPORT_H

#include "model/io_report.h"
#include "model/log.h"

#include <jansson.h>
#include <stdio.h>

struct report {
    const json_t *documents;      /* logs; those of spools first */
    const struct conclusion *run; /* of the spools; NULL: there were none */
    const struct io_report *io;   /* the same */
};

/* what: a struct report. Returns 0, or -1 when the stream does not take it. */
int report_write(FILE *out, const void *what);

#endif
