/* Opening, doing, telling, freeing: the same for every command that reads spools. */
#include "cmd/over.h"

#include "cmd/cmd.h"
#include "cmd/damage.h"

int over_spools(const char *command, char **folders, int count, bool strict, over_action *action,
                const void *options)
{
    struct err err = {0};
    struct spools spools;
    struct facts *facts = NULL;
    if (count == 0)
        return cmd_usage(command, "name the spool folder");
    int result = spools_open(&spools, folders, count, &err);
    if (result == 0)
        result = action(&spools, options, &facts, &err);
    int status = result ? cmd_fail(&err) : damage_tell(facts, strict);
    facts_free(facts);
    spools_close(&spools);
    return status;
}
