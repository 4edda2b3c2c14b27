/* What is written to a claude program's standard input: counted and hashed by who writes it, because the
 * program reads past libc; and what is read of its standard output, counted. No text is kept.
 *
 * Before the program begins its pipes are entered in the control page, which all processes share; a writer
 * looks there at its first write to a pipe, a reader at its first read. Fixed tables, no lock; any thread. */
#ifndef SHIM_PROMPTS_H
#define SHIM_PROMPTS_H

#include "fds.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

/* "/proc/<pid>/fd/<fd>"; room for 32 bytes. */
const char *prompts_path_of(char *room, pid_t pid, int fd);

/* The inode of the other end of a socket that was made here, 0: not known. */
uint64_t prompts_other_end(uint64_t inode);

/* Whether a pipe was entered as a claude program's standard input. */
bool prompts_leads(const struct stat *st);

/* This process, or a vfork child in it, becomes a claude program now. */
void prompts_expect(void);

/* A claude program was begun by posix_spawn, which wires it by itself. errno may change. */
void prompts_expect_child(pid_t child);

/* Sockets that are each other's ends were made. */
void prompts_paired(const int fds[2]);

/* Before the first write to a pipe or socket is recorded: sets shim.prompts if it leads to a claude program.
 */
void prompts_look(int fd, struct fd_entry *e);

/* Whether what is read from a pipe or socket is what a claude program printed, or may be it for all that is
 * known: that is looked at once for each use of the number, when the first of it has arrived. */
bool prompts_may_answer(int fd, struct fd_entry *e, bool arrived);

/* So much of it was read. */
void prompts_answered(const struct fd_entry *e, size_t bytes);

/* While shim.prompts is set: text was written to a descriptor. */
void prompts_written(int fd, const void *text, size_t bytes);
void prompts_written_parts(int fd, const struct iovec *parts, size_t count, size_t bytes);

#endif
