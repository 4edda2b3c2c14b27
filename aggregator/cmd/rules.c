/* vlagg rules: the built-in rules and error patterns, and a check of the user's. */
#include "cmd/cmd.h"
#include "usecases/show_data.h"

#include <stdio.h>
#include <string.h>

static int show(struct str text)
{
    fwrite(text.ptr, 1, text.len, stdout);
    return cmd_finish_output();
}

static int check(const char *path)
{
    struct err err = {0};
    unsigned rules, patterns;
    if (show_data_check_rules(path, &rules, &patterns, &err))
        return cmd_fail(&err);
    printf("%s: no error; %u rules and %u error patterns apply\n", path, rules, patterns);
    return cmd_finish_output();
}

static int explain(const char *logs, const char *key, const char *rules)
{
    struct err err = {0};
    if (show_data_explain(logs, key, rules, stdout, &err))
        return cmd_fail(&err);
    return cmd_finish_output();
}

int cmd_rules(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "show") == 0)
        return show(show_data_rules());
    if (argc == 3 && strcmp(argv[1], "show") == 0 && strcmp(argv[2], "patterns") == 0)
        return show(show_data_patterns());
    if (argc == 3 && strcmp(argv[1], "check") == 0)
        return check(argv[2]);
    if (argc == 4 && strcmp(argv[1], "explain") == 0)
        return explain(argv[2], argv[3], NULL);
    if (argc == 6 && strcmp(argv[1], "explain") == 0 && strcmp(argv[4], "--rules") == 0)
        return explain(argv[2], argv[3], argv[5]);
    return cmd_usage(argv[0],
                     "say `show`, `show patterns`, `check` and a file, or `explain` and a log and an entry");
}
