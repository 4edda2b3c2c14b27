/* read -> reduce -> conclude -> emit: from spools and logs.json files to documents. */
#include "usecases/gather.h"

#include "emit/log/log_document.h"
#include "read/log_files.h"
#include "usecases/read_spools.h"

static int conclude(struct gathered *out, const struct conclude_options *options, struct err *err)
{
    int status = conclude_all(out->facts, options, &out->conclusion, err);
    if (!status)
        VEC_EACH (const struct log, log, &out->conclusion.logs)
            json_array_append_new(out->documents, log_document(log));
    return status;
}

static int gather_spools(char **folders, int count, const struct conclude_options *options,
                         struct gathered *out, struct err *err)
{
    struct conclude_options of_these = *options;
    struct spools spools;
    of_these.spools = folders;
    of_these.spool_count = count;
    int status = read_spools_open(&spools, folders, count, err);
    if (!status)
        status = read_spools(&spools, NULL, 1, NULL, &out->facts, err);
    read_spools_close(&spools);
    return status ? status : conclude(out, &of_these, err);
}

int gather(char **paths, int count, const struct conclude_options *options, struct gathered *out,
           struct err *err)
{
    *out = (struct gathered){.documents = json_array()};
    struct arena *arena = arena_new();
    char **spools = arena_alloc(arena, sizeof *spools * (size_t)count);
    int spool_count = 0, status = 0;
    for (int i = 0; i < count; i++)
        if (log_files_is_spool(paths[i]))
            spools[spool_count++] = paths[i];
    if (spool_count)
        status = gather_spools(spools, spool_count, options, out, err);
    for (int i = 0; !status && i < count; i++)
        if (!log_files_is_spool(paths[i]))
            status = log_files_read(paths[i], out->documents, err);
    arena_free(arena);
    return status;
}

void gather_free(struct gathered *gathered)
{
    json_decref(gathered->documents);
    if (gathered->conclusion.arena)
        conclude_free(&gathered->conclusion);
    facts_free(gathered->facts);
    *gathered = (struct gathered){0};
}
