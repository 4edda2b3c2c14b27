/* vlagg merge: partial folds in, one logs.json a video out. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/tell_damage.h"
#include "cmd/parts/write_logs.h"
#include "usecases/partial_fold.h"

static int run(struct write_logs_request *logs, char **paths, int count, bool strict)
{
    struct err err = {0};
    struct merged merged;
    int result = partial_fold_merge(paths, count, &merged, &err);
    logs->source = paths[0];
    logs->conclude.copies = &merged.copies;
    if (!result)
        result = write_logs(logs, merged.facts, &err);
    int status = result ? cmd_fail(&err) : tell_damage(merged.facts, strict);
    if (!result && cmd_finish_output() != STATUS_DONE)
        status = STATUS_INPUT_OUTPUT;
    partial_fold_free(&merged);
    return status;
}

int cmd_merge(int argc, char **argv)
{
    struct write_logs_request logs = {.conclude.ask_host = true};
    bool strict = false;
    int first =
        OPTIONS_READ(argc, argv, {.name = "out", .text = &logs.out}, OPTIONS_CONCLUDE(&logs.conclude),
                     {.name = "video", .text = &logs.video}, {.name = "utc", .flag = &logs.conclude.utc},
                     {.name = "strict", .flag = &strict});
    if (first < 0)
        return -first;
    if (first == argc)
        return cmd_usage("merge", "name the files that `vlagg fold --partial` wrote");
    return run(&logs, argv + first, argc - first, strict);
}
