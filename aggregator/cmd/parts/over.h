/* A command that does one thing over spools or logs: opens them, does it, tells damage or the error. */
#ifndef CMD_PARTS_OVER_H
#define CMD_PARTS_OVER_H

#include "usecases/gather.h"
#include "usecases/read_spools.h"

#include <stdbool.h>

/* As the functions of usecases/read_spools.h: 0 or negative with *err; *facts is freed here. */
typedef int over_action(const struct spools *spools, const void *options, struct facts **facts,
                        struct err *err);

/* Returns the exit status. `folders` may be none: that is wrong usage of `command`. */
int over_spools(const char *command, char **folders, int count, bool strict, over_action *action,
                const void *options);

struct over_logs {
    int (*action)(const struct gathered *gathered, const void *options, struct err *err);
    bool strict;                      /* damage in a spool is exit status 1 */
    struct conclude_options conclude; /* of spools; processes without an end are looked for in any case */
};

/* The same of spools, logs.json files and folders with some. */
int over_logs(const char *command, char **paths, int count, const struct over_logs *how, const void *options);

#endif
