/* vlagg prices: the built-in table, and a check of the user's. */
#include "cmd/cmd.h"

#include "usecases/show_data.h"

#include <stdio.h>
#include <string.h>

static int show(void)
{
    struct str text = show_data_prices();
    fwrite(text.ptr, 1, text.len, stdout);
    return cmd_finish_output();
}

static int check(const char *path)
{
    struct err err = {0};
    unsigned rows;
    if (show_data_check_prices(path, &rows, &err))
        return cmd_fail(&err);
    printf("%s: %u row%s, no error\n", path, rows, rows == 1 ? "" : "s");
    return cmd_finish_output();
}

int cmd_prices(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "show") == 0)
        return show();
    if (argc == 3 && strcmp(argv[1], "check") == 0)
        return check(argv[2]);
    return cmd_usage(argv[0], "say `show`, or `check` and a file");
}
