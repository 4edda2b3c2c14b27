/* vlagg summary: what happened, what failed, what it cost. */
#include "cmd/cmd.h"
#include "cmd/over.h"
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

static int show(const struct gathered *gathered, const void *options, struct err *err)
{
    return pipeline_summary(gathered, options, stdout, err);
}

int cmd_summary(int argc, char **argv)
{
    struct summary_options options = {.colours = wants_colours()};
    struct over_logs how = {.action = show};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", words, NULL)) != -1;)
        switch (option) {
        case 'j':
            options.json = true;
            break;
        case 's':
            how.strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    return over_logs(argv[0], argv + optind, argc - optind, &how, &options);
}
