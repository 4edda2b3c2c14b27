/* vlagg pack and vlagg prune: a spool takes less room. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "usecases/pack_spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct telling {
    struct pack_listener listener; /* first: it is all that its function is given */
    const char *done;              /* what a file was */
    uint64_t before, after;
    unsigned files;
};

static void show(struct pack_listener *listener, struct str label, enum pack_result result, uint64_t before,
                 uint64_t after)
{
    struct telling *t = (struct telling *)listener;
    static const char *const why[] = {
        [PACK_IN_USE] = "left as it is, a process that writes to it still runs",
        [PACK_OTHER_HOST] = "left as it is, it is of another host and was written to within a day",
        [PACK_YOUNG] = "kept",
    };
    if (result != PACK_DONE) {
        printf(STR_FMT ": %s\n", STR_ARG(label), why[result]);
        return;
    }
    t->files++;
    t->before += before;
    t->after += after;
    printf(STR_FMT ": %s, %llu to %llu bytes\n", STR_ARG(label), t->done, (unsigned long long)before,
           (unsigned long long)after);
}

static int finish(const struct telling *t, int result, const struct err *err)
{
    if (result)
        return cmd_fail(err);
    printf("%u files %s, %llu to %llu bytes\n", t->files, t->done, (unsigned long long)t->before,
           (unsigned long long)t->after);
    return cmd_finish_output();
}

int cmd_pack(int argc, char **argv)
{
    struct telling t = {.listener.progress = show};
    struct err err = {0};
    bool undo = false;
    int first = OPTIONS_READ(argc, argv, {.name = "undo", .flag = &undo});
    if (first < 0)
        return -first;
    if (first == argc)
        return cmd_usage(argv[0], "name the spool folder");
    t.done = undo ? "unpacked" : "packed";
    return finish(&t, pack_spool(argv + first, argc - first, undo, &t.listener, &err), &err);
}

/* 30d, 12h, 45m, 10s or seconds; -1: none of these. */
static double read_age(const char *text)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
    char *end;
    double number = strtod(text, &end);
    for (size_t i = 0; end != text && number >= 0 && i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0)
            return number * units[i].seconds;
    return -1;
}

int cmd_prune(int argc, char **argv)
{
    struct telling t = {.listener.progress = show, .done = "removed"};
    struct err err = {0};
    const char *older = NULL;
    bool dry = false;
    int first =
        OPTIONS_READ(argc, argv, {.name = "older-than", .text = &older}, {.name = "dry-run", .flag = &dry});
    if (first < 0)
        return -first;
    double age = older ? read_age(older) : 0;
    if (age < 0 || age > 1e9)
        return cmd_usage(argv[0], "--older-than takes an age as 30d, 12h or 45m, not '%s'", older);
    if (!older)
        return cmd_usage(argv[0], "say what is old, as --older-than 30d");
    if (first == argc)
        return cmd_usage(argv[0], "name the spool folder");
    t.done = dry ? "would be removed" : "removed";
    int64_t before = (int64_t)((double)time(NULL) - age) * 1000000000LL;
    return finish(&t, pack_spool_prune(argv + first, argc - first, before, dry, &t.listener, &err), &err);
}
