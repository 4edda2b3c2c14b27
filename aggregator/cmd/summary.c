/* vlagg summary: what happened, what failed, what it cost. */
#include "cmd/cmd.h"
#include "cmd/damage.h"
#include "pipeline_logs.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

static const struct option words[] = {
    {"json", no_argument, NULL, 'j'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

/* Colours are for terminals, and not for those who set NO_COLOR (no-color.org). */
static bool wants_colours(void)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

int cmd_summary(int argc, char **argv)
{
    struct summary_options options = {.colours = wants_colours()};
    struct facts *facts = NULL;
    struct err err = {0};
    bool strict = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", words, NULL)) != -1;)
        switch (option) {
        case 'j':
            options.json = true;
            break;
        case 's':
            strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    if (optind == argc)
        return cmd_usage(argv[0], "name a spool, a logs.json or a folder with some");
    int result = pipeline_summary(argv + optind, argc - optind, &options, stdout, &facts, &err);
    int status = result ? cmd_fail(&err) : facts ? damage_tell(facts, strict) : STATUS_DONE;
    facts_free(facts);
    return status;
}
