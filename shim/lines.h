/* What a process prints: pieces of standard error, the marked lines of standard output, and the end of
 * standard output in a ring that is wiped when the process ends well. By VLSHIM_LINES; bounded per process.
 */
#ifndef SHIM_LINES_H
#define SHIM_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_PROCESS_BYTES (1u << 20) /* of text_print events */

/* After a successful write of text to descriptor 1 or 2. It is the program's, and may be gone by now. */
void lines_written(int fd, const void *text, size_t bytes);

/* The same of text in memory of ours. */
void lines_said(int fd, const void *text, size_t bytes);

/* Before the kernel may be asked for nothing any more: the memory that later output will need. */
void lines_prepare(void);

/* The process ends with status 0, or becomes another program: the ring's text is nobody's business any more.
 */
void lines_wipe(void);

/* The ring's mapping, if an address lies in it. From a signal handler. */
bool lines_find_ring(uintptr_t address, void **base, uint32_t *bytes);

/* In a forked child: the ring is the parent's. */
void lines_forked(void);

#endif
