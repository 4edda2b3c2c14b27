/* vlagg io: bytes by file and by process. */
#include "cmd/cmd.h"
#include "cmd/over.h"

#include <getopt.h>

static const struct option words[] = {
    {"json", no_argument, NULL, 'j'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int report(const struct spools *spools, const void *json, struct facts **facts, struct err *err)
{
    return pipeline_io(spools, *(const bool *)json, stdout, facts, err);
}

int cmd_io(int argc, char **argv)
{
    bool json = false, strict = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", words, NULL)) != -1;)
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
    return over_spools(argv[0], argv + optind, argc - optind, strict, report, &json);
}
