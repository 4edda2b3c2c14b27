/* A command's options as a table: each row says what to set. */
#ifndef CMD_PARTS_OPTIONS_H
#define CMD_PARTS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct option_row {
    const char *name;  /* without the dashes */
    const char **text; /* gets the value; NULL: it takes none */
    bool *flag;        /* then set */
    char letter;       /* short form; 0: none */
};

/* Sets what the words ask for. Returns the index of the first word that is no option (argv is reordered), or
 * a negative enum status after having told what is wrong. */
int options_read(int argc, char **argv, const struct option_row *rows, size_t count);

#define OPTIONS_READ(argc, argv, ...)                                                                        \
    options_read((argc), (argv), (const struct option_row[]){__VA_ARGS__},                                   \
                 sizeof((struct option_row[]){__VA_ARGS__}) / sizeof(struct option_row))

/* Rows of what a conclusion depends on; `c` is a struct conclude_options. */
#define OPTIONS_CONCLUDE(c)                                                                                  \
    {.name = "rules", .text = &(c)->rules}, {.name = "prices", .text = &(c)->prices},                        \
    {                                                                                                        \
        .name = "claude-home", .text = &(c)->claude_home                                                     \
    }

#endif
