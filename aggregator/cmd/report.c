/* vlagg report: one page that shows everything. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/over.h"
#include "usecases/present.h"

static int write_page(const struct gathered *gathered, const void *path, struct err *err)
{
    return present_report(gathered, path, err);
}

int cmd_report(int argc, char **argv)
{
    struct over_logs how = {.action = write_page};
    const char *path = NULL;
    int first = OPTIONS_READ(argc, argv, {.name = "output", .text = &path, .letter = 'o'},
                             {.name = "utc", .flag = &how.conclude.utc}, OPTIONS_CONCLUDE(&how.conclude),
                             {.name = "strict", .flag = &how.strict});
    if (first < 0)
        return -first;
    if (!path)
        return cmd_usage(argv[0], "say with -o where the page goes");
    return over_logs(argv[0], argv + first, argc - first, &how, path);
}
