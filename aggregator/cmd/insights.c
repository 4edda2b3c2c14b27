/* vlagg insights: what several logs say together. */
#include "cmd/cmd.h"
#include "cmd/over.h"
#include "pipeline_logs.h"

#include <getopt.h>

static const struct option words[] = {
    {"json", no_argument, NULL, 'j'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int show(const struct gathered *gathered, const void *json, struct err *err)
{
    return pipeline_insights(gathered, *(const bool *)json, stdout, err);
}

int cmd_insights(int argc, char **argv)
{
    struct over_logs how = {.action = show};
    bool json = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", words, NULL)) != -1;)
        switch (option) {
        case 'j':
            json = true;
            break;
        case 's':
            how.strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    return over_logs(argv[0], argv + optind, argc - optind, &how, &json);
}
