/* vlagg cat: the events as they were. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/over.h"

static int list(const struct spools *spools, const void *options, struct facts **facts, struct err *err)
{
    return list_events(spools, options, stdout, facts, err);
}

int cmd_cat(int argc, char **argv)
{
    struct cat_options cat = {0};
    bool strict = false;
    int first = OPTIONS_READ(argc, argv, {.name = "video", .text = &cat.video},
                             {.name = "all", .flag = &cat.definitions}, {.name = "strict", .flag = &strict});
    if (first < 0)
        return -first;
    return over_spools(argv[0], argv + first, argc - first, strict, list, &cat);
}
