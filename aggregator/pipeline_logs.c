/* From what was gathered to what is shown of it. */
#include "pipeline_logs.h"

#include "base/place.h"
#include "emit/report/report.h"
#include "emit/screen/insights.h"
#include "emit/screen/overview.h"
#include "pipeline.h"

#include <errno.h>
#include <string.h>

static int show(json_t *answer, bool json, FILE *out, int (*print)(FILE *, const json_t *), struct err *err)
{
    int failed =
        json ? json_dumpf(answer, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) || putc('\n', out) == EOF
             : print(out, answer);
    json_decref(answer);
    if ((failed || fflush(out)) && errno != EPIPE)
        return err_set(err, ERR_OUTPUT, "Standard output could not be written: %s", strerror(errno));
    return 0;
}

static int print_coloured(FILE *out, const json_t *overview) { return overview_print(out, overview, true); }

static int print_plain(FILE *out, const json_t *overview) { return overview_print(out, overview, false); }

int pipeline_summary(const struct gathered *gathered, const struct summary_options *options, FILE *out,
                     struct err *err)
{
    return show(overview_json(gathered->documents), options->json, out,
                options->colours ? print_coloured : print_plain, err);
}

int pipeline_insights(const struct gathered *gathered, bool json, FILE *out, struct err *err)
{
    return show(insights_json(gathered->documents), json, out, insights_print, err);
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
