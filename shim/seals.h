/* Keys of pipes (vl/seal.h): made from the run's secret, which children get in their environment; told by who
 * reads a pipe. Any thread and signal handler; no lock. */
#ifndef SHIM_SEALS_H
#define SHIM_SEALS_H

#include "vl/seal.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SEALS_SECRET_BYTES 16u

struct fd_entry;

extern uint8_t seals_secret[SEALS_SECRET_BYTES];

/* Before main, where no parent left a secret: by chance. */
void seals_make_secret(void);

/* What text for a pipe is kept under. */
struct seal {
    uint64_t pipe;
    uint64_t writer;
    uint32_t key[VL_SEAL_WORDS];
};

/* False: there is no secret, and the text is not kept. */
bool seals_get(uint64_t pipe, struct seal *out);

/* A head and the text under seal, keys masked in it: VL_SEAL_HEAD bytes more than the text. */
uint8_t *seals_put(uint8_t *out, const void *text, size_t n, const struct seal *seal);

/* The seal that what is printed on standard error is kept under; NULL: none. room: for it. What cannot be
 * sealed is said to be *lost. */
const struct seal *seals_of_error(struct seal *room, bool *lost);

/* This process was seen to read from a descriptor, once for each use of the number: its key is told, plainly
 * where this process made the pipe itself, else under the keys of all pipes that it may pass the text on to.
 */
void seals_read(int fd, const struct fd_entry *e);

/* A program begins that will not tell by itself what it reads from standard input. child 0: in this process.
 */
void seals_hand_over(pid_t child);

/* The claude program begins: what leads into its standard input stays sealed for ever. */
void seals_shut(pid_t child);

#endif
