/* read -> reduce -> conclude -> emit: a recording in the form of another tool. */
#include "pipeline_export.h"

#include "emit/export/export.h"
#include "pipeline.h"

const char *pipeline_export_names(void) { return export_names(); }

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

int pipeline_export(char **folders, int count, const struct export_request *request, struct facts **facts,
                    struct err *err)
{
    const struct export_format *format = export_find(request->format);
    struct spools spools;
    if (!format)
        return err_set(err, ERR_USAGE, "'%s' is no format; there are %s.", request->format, export_names());
    int status = spools_open(&spools, folders, count, err);
    if (!status)
        status = pipeline_reduce(&spools, request->video, 1, NULL, facts, err);
    spools_close(&spools);
    return status ? status : export_facts(format, request, *facts, err);
}
