/* vlagg fold: spools in, one logs.json a video out. */
#include "cmd/cmd.h"
#include "cmd/damage.h"
#include "cmd/progress.h"
#include "pipeline_conclude.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LOGS_BELOW ".pipeline/logs/logs.json"

struct fold {
    const char *out, *video;
    struct conclude_options conclude;
    unsigned jobs;
    bool strict;
    char **spools;
    int count;
};

static const struct option options[] = {
    {"out", required_argument, NULL, 'o'},
    {"rules", required_argument, NULL, 'r'},
    {"prices", required_argument, NULL, 'p'},
    {"claude-home", required_argument, NULL, 'c'},
    {"video", required_argument, NULL, 'v'},
    {"jobs", required_argument, NULL, 'j'},
    {"utc", no_argument, NULL, 'u'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

/* --video V means every video of that name, also where a hash tells two of them apart. */
static bool is_wanted(const struct fold *fold, const struct film *film)
{
    struct str wanted = str_of(fold->video);
    if (!fold->video || str_equal(film->name, wanted))
        return true;
    return str_starts(film->name, wanted) && film->name.len == wanted.len + 9 &&
           film->name.ptr[wanted.len] == '~';
}

/* A video that VLSHIM_VIDEO named may hold what no folder's name can. */
static void folder_name(struct str name, char *out, size_t bytes)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len && at + 4 < bytes; i++) {
        bool plain = name.ptr[i] != '/' && !(name.len < 3 && name.ptr[i] == '.');
        at += (size_t)snprintf(out + at, bytes - at, plain ? "%c" : "%%%02X", (unsigned char)name.ptr[i]);
    }
    out[at] = '\0';
}

static void find_path(const struct fold *fold, const struct film *film, char *path, size_t bytes)
{
    char name[1024] = "";
    folder_name(film->name, name, sizeof name);
    if (fold->out)
        snprintf(path, bytes, "%s/%s/" LOGS_BELOW, fold->out, name);
    else if (film->folder.len)
        snprintf(path, bytes, STR_FMT "/" LOGS_BELOW, STR_ARG(film->folder));
    else
        snprintf(path, bytes, "%s/%s/" LOGS_BELOW, fold->spools[0], name);
}

static int write_logs(const struct fold *fold, const struct conclusion *conclusion, struct err *err)
{
    char path[PATH_MAX], aside[PATH_MAX];
    size_t done = 0;
    struct progress progress;
    progress_begin(&progress, "writing");
    VEC_EACH (const struct log, log, &conclusion->logs) {
        if (!is_wanted(fold, log->story->film))
            continue;
        find_path(fold, log->story->film, path, sizeof path);
        int status = conclude_write(log, path, aside, sizeof aside, err);
        progress_show(&progress, ++done, conclusion->logs.count);
        progress_end(&progress); /* before the video's line */
        if (status)
            return status;
        if (*aside)
            fprintf(stderr, "vlagg: %s could not be read as a log and was moved to %s\n", path, aside);
        printf("%s: %s\n", path, story_status(log->story));
    }
    return 0;
}

static void tell_unplaced(const struct bill *ambiguous)
{
    if (ambiguous->calls)
        fprintf(
            stderr,
            "vlagg: %llu Claude calls ($%.6f, without those of unknown cost) of transcripts that may be of "
            "several processes are in no video's log (ambiguous)\n",
            (unsigned long long)ambiguous->calls, (double)ambiguous->cost / 1e12);
}

static int fold_facts(const struct fold *fold, const struct facts *facts, struct err *err)
{
    struct conclusion conclusion;
    int status = conclude_all(facts, &fold->conclude, &conclusion, err);
    if (!status && !conclusion.logs.count)
        fprintf(stderr, "vlagg: %s holds nothing of any video; `vlagg cat` shows what it holds\n",
                fold->spools[0]);
    if (!status)
        status = write_logs(fold, &conclusion, err);
    if (!status)
        tell_unplaced(&conclusion.ambiguous);
    conclude_free(&conclusion);
    return status;
}

static int run(const struct fold *fold)
{
    struct err err = {0};
    struct spools spools;
    struct facts *facts = NULL;
    struct progress progress;
    progress_begin(&progress, "reading");
    int result = spools_open(&spools, fold->spools, fold->count, &err);
    if (!result)
        result = pipeline_reduce(&spools, NULL, fold->jobs, &progress.listener, &facts, &err);
    progress_end(&progress);
    if (!result)
        result = fold_facts(fold, facts, &err);
    int status = result ? cmd_fail(&err) : damage_tell(facts, fold->strict);
    if (!result && cmd_finish_output() != STATUS_DONE)
        status = STATUS_INPUT_OUTPUT;
    facts_free(facts);
    spools_close(&spools);
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

int cmd_fold(int argc, char **argv)
{
    struct fold fold = {.conclude.ask_host = true, .jobs = processors()};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'o':
            fold.out = optarg;
            break;
        case 'r':
            fold.conclude.rules = optarg;
            break;
        case 'p':
            fold.conclude.prices = optarg;
            break;
        case 'c':
            fold.conclude.claude_home = optarg;
            break;
        case 'v':
            fold.video = optarg;
            break;
        case 'j':
            if (!read_jobs(optarg, &fold.jobs))
                return cmd_usage("fold", "--jobs takes a whole number from 1 to 1024, not '%s'", optarg);
            break;
        case 'u':
            fold.conclude.utc = true;
            break;
        case 's':
            fold.strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    fold.spools = argv + optind;
    fold.count = argc - optind;
    fold.conclude.spools = fold.spools;
    fold.conclude.spool_count = fold.count;
    return fold.count ? run(&fold) : cmd_usage("fold", "name the spool folder");
}
