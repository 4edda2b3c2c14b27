/* Commands that look at logs: those of a spool, concluded on the way, or logs.json files. */
#ifndef PIPELINE_LOGS_H
#define PIPELINE_LOGS_H

#include "base/err.h"
#include "model/facts.h"

#include <stdbool.h>
#include <stdio.h>

struct summary_options {
    bool json;
    bool colours;
};

/* paths: spools, logs.json files, and folders with such below them. *facts: of the spools, for what is
 * damaged in them; NULL where there were none. The caller frees it. */
int pipeline_summary(char **paths, int count, const struct summary_options *options, FILE *out,
                     struct facts **facts, struct err *err);

#endif
