/* vlagg export: a recording for other tools. */
#include "cmd/cmd.h"
#include "cmd/damage.h"
#include "pipeline_export.h"

#include <getopt.h>
#include <stdio.h>

static const struct option words[] = {
    {"format", required_argument, NULL, 'f'},
    {"output", required_argument, NULL, 'o'},
    {"table", required_argument, NULL, 't'},
    {"video", required_argument, NULL, 'v'},
    {"rules", required_argument, NULL, 'r'},
    {"prices", required_argument, NULL, 'p'},
    {"claude-home", required_argument, NULL, 'c'},
    {"strict", no_argument, NULL, 's'},
    {0},
};

static int run(char **folders, int count, struct export_request *request, bool strict)
{
    struct facts *facts = NULL;
    struct err err = {0};
    request->conclude.spools = folders;
    request->conclude.spool_count = count;
    int result = pipeline_export(folders, count, request, &facts, &err);
    int status = result ? cmd_fail(&err) : damage_tell(facts, strict);
    facts_free(facts);
    return status;
}

int cmd_export(int argc, char **argv)
{
    struct export_request request = {.path = "-", .conclude.ask_host = true};
    bool strict = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "o:", words, NULL)) != -1;)
        switch (option) {
        case 'f':
            request.format = optarg;
            break;
        case 'o':
            request.path = optarg;
            break;
        case 't':
            request.table = optarg;
            break;
        case 'v':
            request.video = optarg;
            break;
        case 'r':
            request.conclude.rules = optarg;
            break;
        case 'p':
            request.conclude.prices = optarg;
            break;
        case 'c':
            request.conclude.claude_home = optarg;
            break;
        case 's':
            strict = true;
            break;
        default:
            return cmd_bad_option(argc, argv);
        }
    if (!request.format)
        return cmd_usage(argv[0], "name a --format: %s", pipeline_export_names());
    if (optind == argc)
        return cmd_usage(argv[0], "name the spool folder");
    return run(argv + optind, argc - optind, &request, strict);
}
