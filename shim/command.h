/* What the words of a command are, as far as it decides what may be kept of them: whose they are, which of
 * them are code, requests or keys. Pure functions of the words, but for the working directory. */
#ifndef SHIM_COMMAND_H
#define SHIM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#define COMMAND_NO_CLAUDE ((size_t)-1)

struct command {
    char *const *words; /* may be NULL */
    size_t claude;     /* the word that names the claude program: what follows is its; or COMMAND_NO_CLAUDE */
    bool is_claude;    /* the program that begins is the claude program, or an interpreter of it */
    bool calls_claude; /* so it is, or it is called: by a wrapper, a shell's -c, another's code */
    bool by_code;      /* of these the code: what the program reads may be for the claude program */
};

/* program: the path that is executed, or NULL. */
struct command command_of(const char *program, char *const *words);

enum command_word {
    COMMAND_NAME,        /* the first one */
    COMMAND_PLAIN,       /* an option, a path, a value */
    COMMAND_CLAUDE,      /* of the claude program */
    COMMAND_CLAUDE_CODE, /* a shell's -c text in which the claude program is called */
    COMMAND_CLAUDE_TEXT, /* other text that names the claude program as one: code, the words behind ssh */
    COMMAND_CODE,        /* of a shell or an interpreter */
    COMMAND_SECRET,      /* the value of an option that takes a key or password */
    COMMAND_HEADER,      /* of a request: "Name: value" */
    COMMAND_BODY         /* what a request sends */
};
enum command_word command_word(const struct command *c, size_t i);

/* Whether a program's path, or a word that stands for it, is that of the claude program. */
bool command_names_claude(const char *word);

/* Whether an option, variable, header or member of that name holds a key, a password or the like. */
bool command_name_is_secret(const char *name, size_t n);

#endif
