/* From what was gathered to what is shown of it. */
#include "pipeline_logs.h"

#include "emit/overview.h"

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
