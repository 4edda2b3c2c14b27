/* The words of a command as they are recorded: keys and requests masked, of the claude program every word
 * that is no option (and no model's name) as its length in angle brackets, of a shell's text that calls it
 * what is no word of its commands'. */
#ifndef SHIM_ARGS_H
#define SHIM_ARGS_H

#include "command.h"

#include <stdint.h>

#define ARGS_KEPT_BYTES 8192u

struct args {
    struct command command;
    uint32_t bytes;      /* as recorded, at most ARGS_KEPT_BYTES: each word ended by NUL */
    uint64_t full_bytes; /* of all words with their NULs, as given */
    bool claude;         /* it is the claude program that begins */
};

/* Measures; program: the path that is executed, or NULL. words may be NULL. */
struct args args_measure(const char *program, char *const *words);

/* Writes exactly a->bytes; nothing that is masked is stored, not even for a moment. */
void args_write(const struct args *a, char *out);

/* Whether nothing of a plain word is masked: it may name something. */
bool args_word_is_open(const struct command *c, size_t i);

#endif
