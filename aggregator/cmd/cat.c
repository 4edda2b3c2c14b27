/* vlagg cat: the events as they were. */
#include "cmd/cmd.h"
#include "cmd/damage.h"

#include <getopt.h>

static const struct option options[] = {
    {"video", required_argument, NULL, 'v'},
    {"all", no_argument, NULL, 'a'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int run(char **folders, int count, const struct cat_options *cat, bool strict)
{
    struct err err = {0};
    struct spools spools;
    struct facts *facts = NULL;
    int result = spools_open(&spools, folders, count, &err);
    if (result == 0)
        result = pipeline_cat(&spools, cat, stdout, &facts, &err);
    int status = result ? cmd_fail(&err) : damage_tell(facts, strict);
    facts_free(facts);
    spools_close(&spools);
    return status;
}

int cmd_cat(int argc, char **argv)
{
    struct cat_options cat = {0};
    bool strict = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
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
    if (optind == argc)
        return cmd_usage("cat", "name the spool folder");
    return run(argv + optind, argc - optind, &cat, strict);
}
