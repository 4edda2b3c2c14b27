/* What is shown of logs and recordings: at a glance, over several, as a page, in the forms of other tools. */
#ifndef USECASES_PRESENT_H
#define USECASES_PRESENT_H

#include "usecases/gather.h"

#include <stdbool.h>
#include <stdio.h>

struct summary_options {
    bool json;
    bool colours;
};

int present_summary(const struct gathered *gathered, const struct summary_options *options, FILE *out,
                    struct err *err);

/* What comes back, what helps, what was in vain: over all logs. */
int present_insights(const struct gathered *gathered, bool json, FILE *out, struct err *err);

/* One page that shows everything; path "-": standard output. */
int present_report(const struct gathered *gathered, const char *path, struct err *err);

struct export_request {
    const char *format, *path; /* path "-": standard output */
    const char *table;         /* of csv and ndjson; NULL: all */
    const char *video;         /* NULL: all */
    struct conclude_options conclude;
};

/* As the functions of usecases/read_spools.h. An unknown format is wrong usage. */
int present_export(char **folders, int count, const struct export_request *request, struct facts **facts,
                   struct err *err);

/* The formats' names, for a sentence. */
const char *present_export_names(void);

#endif
