/* vlagg summary: what happened, what failed, what it cost. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/over.h"
#include "usecases/present.h"

#include <stdlib.h>
#include <unistd.h>

/* Colours are for terminals, and not for those who set NO_COLOR (no-color.org). */
static bool wants_colours(void)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

static int show(const struct gathered *gathered, const void *options, struct err *err)
{
    return present_summary(gathered, options, stdout, err);
}

int cmd_summary(int argc, char **argv)
{
    struct summary_options options = {.colours = wants_colours()};
    struct over_logs how = {.action = show};
    int first = OPTIONS_READ(argc, argv, {.name = "json", .flag = &options.json},
                             {.name = "strict", .flag = &how.strict});
    if (first < 0)
        return -first;
    return over_logs(argv[0], argv + first, argc - first, &how, &options);
}
