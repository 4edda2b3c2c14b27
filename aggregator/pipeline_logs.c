/* From what was gathered to what is shown of it. */
#include "pipeline_logs.h"

#include "emit/overview.h"
#include "emit/place.h"
#include "emit/report.h"
#include "pipeline.h"

#include <errno.h>
#include <string.h>

int pipeline_summary(const struct gathered *gathered, const struct summary_options *options, FILE *out,
                     struct err *err)
{
    json_t *overview = overview_json(gathered->documents);
    int failed = options->json ? json_dumpf(overview, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) ||
                                     putc('\n', out) == EOF
                               : overview_print(out, overview, options->colours);
    json_decref(overview);
    if ((failed || fflush(out)) && errno != EPIPE)
        return err_set(err, ERR_OUTPUT, "the summary could not be written: %s", strerror(errno));
    return 0;
}

int pipeline_report(const struct gathered *gathered, const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    struct io_report io;
    struct report report = {.documents = gathered->documents};
    if (gathered->facts) {
        io = io_report_of(arena, gathered->facts);
        report.run = &gathered->conclusion;
        report.io = &io;
    }
    int status = place_write(path, report_write, &report, err);
    arena_free(arena);
    return status;
}
