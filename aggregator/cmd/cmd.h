/* What a subcommand is: a row of commands.def and a function that prints and picks the exit status. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/err.h"

enum status {
    STATUS_DONE = 0,
    STATUS_DAMAGE = 1, /* under --strict */
    STATUS_USAGE = 2,
    STATUS_INPUT_OUTPUT = 3
};

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns enum status */
    const char *arguments;             /* as help shows them */
    const char *summary;               /* one line */
    const char *details;               /* options and remarks; may be empty */
};

/* The command of that name, or NULL. */
const struct subcommand *cmd_find(const char *name);

/* All of them in the order of commands.def; *count is how many. */
const struct subcommand *cmd_all(unsigned *count);

#define COMMAND(name, arguments, summary, details) int cmd_##name(int argc, char **argv);
#include "cmd/commands.def"
#undef COMMAND

/* Prints the sentence on stderr; returns the exit status that fits. */
int cmd_fail(const struct err *err);

/* Prints "vlagg COMMAND: <sentence>" and how to get help on stderr; returns STATUS_USAGE. */
int cmd_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* After getopt_long said '?' or ':': says which word it did not understand. */
int cmd_bad_option(int argc, char **argv);

/* Closes stdout; a failed write is an error, but for a reader that went away. */
int cmd_finish_output(void);

#endif
