/* From what was gathered to what is shown of it. */
#include "usecases/present.h"

#include "base/atomic_file.h"
#include "emit/export/export.h"
#include "emit/report/report.h"
#include "emit/screen/insights.h"
#include "emit/screen/overview.h"
#include "usecases/read_spools.h"

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

int present_summary(const struct gathered *gathered, const struct summary_options *options, FILE *out,
                    struct err *err)
{
    return show(overview_json(gathered->documents), options->json, out,
                options->colours ? print_coloured : print_plain, err);
}

int present_insights(const struct gathered *gathered, bool json, FILE *out, struct err *err)
{
    return show(insights_json(gathered->documents), json, out, insights_print, err);
}

int present_report(const struct gathered *gathered, const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    struct io_report io;
    struct report report = {.documents = gathered->documents};
    if (gathered->facts) {
        io = sum_io_files(arena, gathered->facts);
        report.run = &gathered->conclusion;
        report.io = &io;
    }
    int status = atomic_file_write(path, report_write, &report, err);
    arena_free(arena);
    return status;
}

const char *present_export_names(void) { return export_names(); }

static int export_facts(const struct export_format *format, const struct export_request *request,
                        const struct facts *facts, struct err *err)
{
    struct conclusion conclusion;
    struct export_options options = {.table = request->table};
    int status = conclude_all(facts, &request->conclude, &conclusion, err);
    if (!status)
        status = export_write(format, request->path, &conclusion, &options, err);
    conclude_free(&conclusion);
    return status;
}

int present_export(char **folders, int count, const struct export_request *request, struct facts **facts,
                   struct err *err)
{
    const struct export_format *format = export_find(request->format);
    struct spools spools;
    if (!format)
        return err_set(err, ERR_USAGE, "'%s' is no format; there are %s.", request->format, export_names());
    int status = read_spools_open(&spools, folders, count, err);
    if (!status)
        status = read_spools(&spools, request->video, 1, NULL, facts, err);
    read_spools_close(&spools);
    return status ? status : export_facts(format, request, *facts, err);
}
