/* What is written to a claude program's standard input: counted and hashed by who writes it, because the
 * program reads past libc. No text is kept.
 *
 * Before the program begins its pipe is entered in the control page, which all processes share; a writer
 * looks there at its first write to a pipe. Fixed tables, no lock; any thread. */
#ifndef SHIM_PROMPTS_H
#define SHIM_PROMPTS_H

#include "fds.h"

#include <stddef.h>

/* This process, or a vfork child in it, becomes a claude program now. */
void prompts_expect(void);

/* Before the first write to a pipe is recorded: sets shim.prompts if it leads to a claude program. */
void prompts_look(int fd, struct fd_entry *e);

/* While shim.prompts is set: text was written to a descriptor. */
void prompts_written(int fd, const void *text, size_t bytes);

#endif
