/* vlagg export: a recording for other tools. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/tell_damage.h"
#include "usecases/present.h"

#include <stdio.h>

static int run(char **folders, int count, struct export_request *request, bool strict)
{
    struct facts *facts = NULL;
    struct err err = {0};
    request->conclude.spools = folders;
    request->conclude.spool_count = count;
    int result = present_export(folders, count, request, &facts, &err);
    int status = result ? cmd_fail(&err) : tell_damage(facts, strict);
    facts_free(facts);
    return status;
}

int cmd_export(int argc, char **argv)
{
    struct export_request request = {.path = "-", .conclude.ask_host = true};
    bool strict = false;
    int first =
        OPTIONS_READ(argc, argv, {.name = "format", .text = &request.format},
                     {.name = "output", .text = &request.path, .letter = 'o'},
                     {.name = "table", .text = &request.table}, {.name = "video", .text = &request.video},
                     OPTIONS_CONCLUDE(&request.conclude), {.name = "strict", .flag = &strict});
    if (first < 0)
        return -first;
    if (!request.format)
        return cmd_usage(argv[0], "name a --format: %s", present_export_names());
    if (first == argc)
        return cmd_usage(argv[0], "name the spool folder");
    return run(argv + first, argc - first, &request, strict);
}
