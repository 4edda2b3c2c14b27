/* What may be written down of a program's words and output: keys and tokens are masked. Pure functions. */
#ifndef SHIM_REDACT_H
#define SHIM_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGS_KEPT_BYTES 8192u

/* The words of a command as they are recorded: each ended by NUL, secrets masked; of the claude program every
 * word that is no option (and no model's name) is its length in angle brackets. */
struct args {
    char *const *words;
    uint32_t bytes;      /* as recorded, at most ARGS_KEPT_BYTES */
    uint64_t full_bytes; /* of all words with their NULs, as given */
    bool claude;
};

/* Measures; program: the path that is executed, or NULL. words may be NULL. */
struct args args_measure(const char *program, char *const *words);

/* Writes exactly a->bytes. */
void args_write(const struct args *a, char *out);

/* Overwrites what looks like a key or token with asterisks, in place. */
void redact_text(char *text, size_t length);

/* Whether a program's path is that of the claude program. */
bool program_is_claude(const char *path);

#endif
