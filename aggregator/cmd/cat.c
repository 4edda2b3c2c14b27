/* vlagg cat: the events as they were. */
#include "cmd/cmd.h"
#include "cmd/over.h"

#include <getopt.h>

static const struct option words[] = {
    {"video", required_argument, NULL, 'v'},
    {"all", no_argument, NULL, 'a'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int list(const struct spools *spools, const void *options, struct facts **facts, struct err *err)
{
    return pipeline_cat(spools, options, stdout, facts, err);
}

int cmd_cat(int argc, char **argv)
{
    struct cat_options cat = {0};
    bool strict = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", words, NULL)) != -1;)
        switch (option) {
        case 'v':
            cat.video = optarg;
            break;
        case 'a':
            cat.definitions = true;
            break;
        case 's':
            strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    return over_spools(argv[0], argv + optind, argc - optind, strict, list, &cat);
}
