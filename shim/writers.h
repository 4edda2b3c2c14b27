/* The inside of struct writer, between threads.c and writers.c; who records uses threads.h. Signals are
 * blocked by the caller, or the thread is not running. */
#ifndef SHIM_WRITERS_H
#define SHIM_WRITERS_H

#include "threads.h"

/* Gives a writer's chunk up. finish: size and checksum are stored; not for one that was left in the middle of
 * an event. */
void writer_close(struct writer *w, bool finish);

/* All of a thread's. */
void writers_close(struct thread *t);

/* The chunk of a thread that an address lies in. From a signal handler. */
bool writers_find_chunk(const struct thread *t, uintptr_t address, void **base, uint32_t *bytes);

#endif
