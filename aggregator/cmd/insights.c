/* vlagg insights: what several logs say together. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/over.h"
#include "usecases/present.h"

static int show(const struct gathered *gathered, const void *json, struct err *err)
{
    return present_insights(gathered, *(const bool *)json, stdout, err);
}

int cmd_insights(int argc, char **argv)
{
    struct over_logs how = {.action = show};
    bool json = false;
    int first =
        OPTIONS_READ(argc, argv, {.name = "json", .flag = &json}, {.name = "strict", .flag = &how.strict});
    if (first < 0)
        return -first;
    return over_logs(argv[0], argv + first, argc - first, &how, &json);
}
