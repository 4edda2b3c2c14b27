/* Commands that look at logs: each shows what was gathered. */
#ifndef PIPELINE_LOGS_H
#define PIPELINE_LOGS_H

#include "pipeline_gather.h"

#include <stdbool.h>
#include <stdio.h>

struct summary_options {
    bool json;
    bool colours;
};

int pipeline_summary(const struct gathered *gathered, const struct summary_options *options, FILE *out,
                     struct err *err);

/* What comes back, what helps, what was in vain: over all logs. */
int pipeline_insights(const struct gathered *gathered, bool json, FILE *out, struct err *err);

/* One page that shows everything; path "-": standard output. */
int pipeline_report(const struct gathered *gathered, const char *path, struct err *err);

#endif
