/* vlagg help: from the table alone. */
#include "cmd/cmd.h"

#include <stdio.h>

static void print_all(void)
{
    unsigned count;
    const struct subcommand *all = cmd_all(&count);
    puts("vlagg folds what libvlshim.so recorded (a spool) into one logs.json a video.\n");
    for (unsigned i = 0; i < count; i++)
        printf("  vlagg %-8s %s\n", all[i].name, all[i].summary);
    puts("\n  vlagg help COMMAND   its arguments and options\n  vlagg --version      the version of this "
         "program");
    puts("\nExit status: 0 done, 1 damage in a spool under --strict, 2 wrong usage, 3 input or output "
         "failed.");
}

int cmd_help(int argc, char **argv)
{
    if (argc > 2)
        return cmd_usage("help", "one command at a time, but '%s' follows", argv[2]);
    if (argc < 2) {
        print_all();
        return cmd_finish_output();
    }
    const struct subcommand *command = cmd_find(argv[1]);
    if (!command)
        return cmd_usage("", "there is no command '%s'", argv[1]);
    printf("usage: vlagg %s %s\n\n%s\n", command->name, command->arguments, command->summary);
    if (*command->details)
        printf("\n%s", command->details);
    return cmd_finish_output();
}
