/* vlagg io: bytes by file and by process. */
#include "cmd/cmd.h"
#include "cmd/damage.h"

#include <getopt.h>

static const struct option options[] = {
    {"json", no_argument, NULL, 'j'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int run(char **folders, int count, bool json, bool strict)
{
    struct err err = {0};
    struct spools spools;
    struct facts *facts = NULL;
    int result = spools_open(&spools, folders, count, &err);
    if (result == 0)
        result = pipeline_io(&spools, json, stdout, &facts, &err);
    int status = result ? cmd_fail(&err) : damage_tell(facts, strict);
    facts_free(facts);
    spools_close(&spools);
    return status;
}

int cmd_io(int argc, char **argv)
{
    bool json = false, strict = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'j':
            json = true;
            break;
        case 's':
            strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    if (optind == argc)
        return cmd_usage("io", "name the spool folder");
    return run(argv + optind, argc - optind, json, strict);
}
