/* What stands at the descriptors 0, 1 and 2, as far as it decides what is kept of what is printed there.
 *
 * Output is what stood at 1 and 2 when the program began, or was put there by dup2, dup3 or freopen; what got
 * these numbers later in another way is a file, a socket or a pipe like any other. What goes into a pipe that
 * this run made is kept under seal (vl/seal.h), because the claude program may read it; what came from
 * outside of the run is open. */
#ifndef SHIM_OUTPUTS_H
#define SHIM_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* Before main. outer: no program of this run was before this one, so that nothing that it was given is the
 * run's own. */
void outputs_init(bool outer);

/* For children, 0: none. */
struct outer_pipes {
    uint64_t of[2]; /* the pipes from outside */
    uint64_t shut;  /* the claude program's standard input, for what it starts */
};
extern struct outer_pipes outputs_outer;

/* A descriptor got a new meaning (closed, opened, made); by_copy: by dup2, dup3 or freopen. */
void outputs_changed(int fd, bool by_copy);

enum output { OUTPUT_NONE, OUTPUT_OPEN, OUTPUT_SEALED };

/* What is kept of text for 1 or 2; pipe: set where it is sealed. A system call after each change. */
enum output outputs_look(int fd, uint64_t *pipe);

/* The name of a pipe, or of what is written into the other end of a socket from here; 0: neither, or from
 * outside. */
uint64_t outputs_pipe(int fd, const struct stat *st);

#endif
