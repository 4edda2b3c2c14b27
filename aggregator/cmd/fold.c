/* vlagg fold: spools in, one logs.json a video out, or a partial fold for `vlagg merge`. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/progress.h"
#include "cmd/parts/tell_damage.h"
#include "cmd/parts/write_logs.h"
#include "usecases/partial_fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fold {
    struct write_logs_request logs;
    const char *partial;
    char **spools;
    int count;
    unsigned jobs;
    bool strict;
};

static int conclude(const struct fold *fold, const struct facts *facts, struct err *err)
{
    if (!fold->partial)
        return write_logs(&fold->logs, facts, err);
    int status = partial_fold_write(facts, &fold->logs.conclude, fold->partial, err);
    if (!status)
        printf("%s: %llu events of %zu processes\n", fold->partial, (unsigned long long)facts->event_count,
               facts->processes.count);
    return status;
}

static int run(const struct fold *fold)
{
    struct err err = {0};
    struct spools spools;
    struct facts *facts = NULL;
    struct progress progress;
    progress_begin(&progress, "reading");
    int result = read_spools_open(&spools, fold->spools, fold->count, &err);
    if (!result)
        result = read_spools(&spools, NULL, fold->jobs, &progress.listener, &facts, &err);
    progress_end(&progress);
    if (!result)
        result = conclude(fold, facts, &err);
    int status = result ? cmd_fail(&err) : tell_damage(facts, fold->strict);
    if (!result && cmd_finish_output() != STATUS_DONE)
        status = STATUS_INPUT_OUTPUT;
    facts_free(facts);
    read_spools_close(&spools);
    return status;
}

static bool read_jobs(const char *text, unsigned *jobs)
{
    char *end;
    long number = strtol(text, &end, 10);
    *jobs = (unsigned)number;
    return *text && !*end && number >= 1 && number <= 1024;
}

static unsigned processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > 64 ? 64 : (unsigned)count;
}

/* What a partial fold leaves open is said when merging. */
static const char *too_early(const struct fold *fold)
{
    const struct write_logs_request *logs = &fold->logs;
    return !fold->partial          ? NULL
           : logs->out             ? "out"
           : logs->video           ? "video"
           : logs->conclude.prices ? "prices"
           : logs->conclude.utc    ? "utc"
                                   : NULL;
}

int cmd_fold(int argc, char **argv)
{
    struct fold fold = {.logs.conclude.ask_host = true, .jobs = processors()};
    struct write_logs_request *logs = &fold.logs;
    const char *jobs = NULL;
    int first =
        OPTIONS_READ(argc, argv, {.name = "out", .text = &logs->out}, OPTIONS_CONCLUDE(&logs->conclude),
                     {.name = "video", .text = &logs->video}, {.name = "jobs", .text = &jobs},
                     {.name = "utc", .flag = &logs->conclude.utc}, {.name = "partial", .text = &fold.partial},
                     {.name = "strict", .flag = &fold.strict});
    if (first < 0)
        return -first;
    if (jobs && !read_jobs(jobs, &fold.jobs))
        return cmd_usage("fold", "--jobs takes a whole number from 1 to 1024, not '%s'", jobs);
    if (too_early(&fold))
        return cmd_usage("fold", "--%s does not go with --partial: give it to `vlagg merge`",
                         too_early(&fold));
    if (first == argc)
        return cmd_usage("fold", "name the spool folder");
    fold.spools = argv + first;
    fold.count = argc - first;
    logs->spool = logs->source = fold.spools[0];
    logs->conclude.spools = fold.spools;
    logs->conclude.spool_count = fold.count;
    return run(&fold);
}
