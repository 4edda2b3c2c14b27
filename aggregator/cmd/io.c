/* vlagg io: bytes by file and by process. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/over.h"

static int report(const struct spools *spools, const void *json, struct facts **facts, struct err *err)
{
    return sum_io_write(spools, *(const bool *)json, stdout, facts, err);
}

int cmd_io(int argc, char **argv)
{
    bool json = false, strict = false;
    int first =
        OPTIONS_READ(argc, argv, {.name = "json", .flag = &json}, {.name = "strict", .flag = &strict});
    if (first < 0)
        return -first;
    return over_spools(argv[0], argv + first, argc - first, strict, report, &json);
}
