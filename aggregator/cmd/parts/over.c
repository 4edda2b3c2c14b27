/* Opening, doing, telling, freeing: the same for every command that reads spools, and for every one that
 * reads logs. */
#include "cmd/parts/over.h"

#include "cmd/cmd.h"
#include "cmd/parts/tell_damage.h"

int over_spools(const char *command, char **folders, int count, bool strict, over_action *action,
                const void *options)
{
    struct err err = {0};
    struct spools spools;
    struct facts *facts = NULL;
    if (count == 0)
        return cmd_usage(command, "name the spool folder");
    int result = read_spools_open(&spools, folders, count, &err);
    if (result == 0)
        result = action(&spools, options, &facts, &err);
    int status = result ? cmd_fail(&err) : tell_damage(facts, strict);
    facts_free(facts);
    read_spools_close(&spools);
    return status;
}

int over_logs(const char *command, char **paths, int count, const struct over_logs *how, const void *options)
{
    struct err err = {0};
    struct gathered gathered;
    struct conclude_options conclude = how->conclude;
    conclude.ask_host = true;
    if (count == 0)
        return cmd_usage(command, "name a spool, a logs.json or a folder with some");
    int result = gather(paths, count, &conclude, &gathered, &err);
    if (result == 0)
        result = how->action(&gathered, options, &err);
    int status = result           ? cmd_fail(&err)
                 : gathered.facts ? tell_damage(gathered.facts, how->strict)
                                  : STATUS_DONE;
    gather_free(&gathered);
    return status;
}
