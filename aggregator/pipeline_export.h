/* From spools to what other tools read. */
#ifndef PIPELINE_EXPORT_H
#define PIPELINE_EXPORT_H

#include "pipeline_conclude.h"

struct export_request {
    const char *format, *path; /* path "-": standard output */
    const char *table;         /* of csv and ndjson; NULL: all */
    const char *video;         /* NULL: all */
    struct conclude_options conclude;
};

/* As the functions of pipeline.h. An unknown format is wrong usage. */
int pipeline_export(char **folders, int count, const struct export_request *request, struct facts **facts,
                    struct err *err);

/* The formats' names, for a sentence. */
const char *pipeline_export_names(void);

#endif
