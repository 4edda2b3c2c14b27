/* vlagg: finds the subcommand and runs it.
 *
 * The way through the house: cmd/ (one file a subcommand) asks usecases/, which leads the data through the
 * rooms: read/ (spool files to chunks and records) -> reduce/ (chunks to facts) -> model/ (the facts) ->
 * order/ (clocks, merging by time) -> processes/ -> rules/ -> timeline/ -> llm_calls/, failures/,
 * resources/ -> attempts/ -> price/ -> emit/ (formats). inspect/ looks at programs before they are recorded.
 * base/ is what all of them use and knows nothing of any. */
#include "cmd/cmd.h"

#include "vl/version.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an EPIPE, which ends a listing quietly */
    if (argc < 2)
        return cmd_usage("", "say what to do");
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("vlagg %s, spool format %d\n", VL_TOOL_VERSION, VL_FORMAT_VERSION);
        return cmd_finish_output();
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return cmd_help(argc - 1, argv + 1);
    const struct subcommand *command = cmd_find(name);
    if (!command)
        return cmd_usage("", "there is no command '%s'", name);
    return command->run(argc - 1, argv + 1);
}
