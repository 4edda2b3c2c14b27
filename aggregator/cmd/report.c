/* vlagg report: one page that shows everything. */
#include "cmd/cmd.h"
#include "cmd/over.h"
#include "pipeline_logs.h"

#include <getopt.h>

static const struct option words[] = {
    {"output", required_argument, NULL, 'o'},
    {"utc", no_argument, NULL, 'u'},
    {"rules", required_argument, NULL, 'r'},
    {"prices", required_argument, NULL, 'p'},
    {"claude-home", required_argument, NULL, 'c'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int write_page(const struct gathered *gathered, const void *path, struct err *err)
{
    return pipeline_report(gathered, path, err);
}

int cmd_report(int argc, char **argv)
{
    struct over_logs how = {.action = write_page};
    const char *path = NULL;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "o:", words, NULL)) != -1;)
        switch (option) {
        case 'o':
            path = optarg;
            break;
        case 'u':
            how.conclude.utc = true;
            break;
        case 'r':
            how.conclude.rules = optarg;
            break;
        case 'p':
            how.conclude.prices = optarg;
            break;
        case 'c':
            how.conclude.claude_home = optarg;
            break;
        case 's':
            how.strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    if (!path)
        return cmd_usage(argv[0], "say with -o where the page goes");
    return over_logs(argv[0], argv + optind, argc - optind, &how, path);
}
