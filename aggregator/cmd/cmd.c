/* The table of subcommands, and how they say that something is wrong. */
#include "cmd/cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct subcommand commands[] = {
#define COMMAND(name, arguments, summary, details) {#name, cmd_##name, arguments, summary, details},
#include "cmd/commands.def"
#undef COMMAND
};

const struct subcommand *cmd_all(unsigned *count)
{
    *count = sizeof commands / sizeof *commands;
    return commands;
}

const struct subcommand *cmd_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int cmd_fail(const struct err *err)
{
    fprintf(stderr, "vlagg: %s\n", err->text);
    return err->code == ERR_USAGE ? STATUS_USAGE : STATUS_INPUT_OUTPUT;
}

int cmd_usage(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "vlagg%s%s: ", *command ? " " : "", command);
    vfprintf(stderr, format, args);
    fprintf(stderr, "; see `vlagg help%s%s`\n", *command ? " " : "", command);
    va_end(args);
    return STATUS_USAGE;
}

int cmd_bad_option(int argc, char **argv)
{
    const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
    return cmd_usage(argv[0], "'%s' is not an option of this command, or lacks its value", word);
}

int cmd_finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_DONE;
    if (errno == EPIPE)
        return STATUS_DONE;
    fprintf(stderr, "vlagg: standard output could not be written (%s); nothing else was changed\n",
            strerror(errno));
    return STATUS_INPUT_OUTPUT;
}
