/* From spools or logs.json files to what is shown of them. */
#include "pipeline_logs.h"

#include "emit/logs.h"
#include "emit/overview.h"
#include "pipeline.h"
#include "pipeline_conclude.h"
#include "read/logs.h"

#include <errno.h>
#include <string.h>

static int conclude_documents(struct facts *facts, json_t *documents, struct err *err)
{
    struct conclude_options options = {.ask_host = true};
    struct conclusion conclusion;
    int status = conclude_all(facts, &options, &conclusion, err);
    if (!status)
        VEC_EACH (const struct log, log, &conclusion.logs)
            json_array_append_new(documents, logs_document(log));
    conclude_free(&conclusion);
    return status;
}

static int documents_of_spools(char **folders, int count, json_t *documents, struct facts **facts,
                               struct err *err)
{
    struct spools spools;
    int status = spools_open(&spools, folders, count, err);
    if (!status)
        status = pipeline_reduce(&spools, NULL, 1, NULL, facts, err);
    spools_close(&spools);
    return status ? status : conclude_documents(*facts, documents, err);
}

/* Spools are folded as one recording; logs follow in the order in which they were named. */
static int documents_of(char **paths, int count, json_t *documents, struct facts **facts, struct err *err)
{
    struct arena *arena = arena_new();
    char **spools = arena_alloc(arena, sizeof *spools * (size_t)count);
    int spool_count = 0, status = 0;
    for (int i = 0; i < count; i++)
        if (logs_is_spool(paths[i]))
            spools[spool_count++] = paths[i];
    if (spool_count)
        status = documents_of_spools(spools, spool_count, documents, facts, err);
    for (int i = 0; !status && i < count; i++)
        if (!logs_is_spool(paths[i]))
            status = logs_read(paths[i], documents, err);
    arena_free(arena);
    return status;
}

static int write_overview(const json_t *documents, const struct summary_options *options, FILE *out,
                          struct err *err)
{
    json_t *overview = overview_json(documents);
    int failed = options->json ? json_dumpf(overview, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) ||
                                     putc('\n', out) == EOF
                               : overview_print(out, overview, options->colours);
    json_decref(overview);
    if ((failed || fflush(out)) && errno != EPIPE)
        return err_set(err, ERR_OUTPUT, "the summary could not be written: %s", strerror(errno));
    return 0;
}

int pipeline_summary(char **paths, int count, const struct summary_options *options, FILE *out,
                     struct facts **facts, struct err *err)
{
    json_t *documents = json_array();
    int status = documents_of(paths, count, documents, facts, err);
    if (!status)
        status = write_overview(documents, options, out, err);
    json_decref(documents);
    return status;
}
