/* All of a set of facts as text, to compare two of them. */
#ifndef UNIT_FACTS_TEXT_H
#define UNIT_FACTS_TEXT_H

#include "model/facts/facts.h"

/* The caller frees it. The facts must be settled. */
char *facts_text(const struct facts *facts);

/* Reads the file into new facts, one chunk after the other; settled. The caller calls facts_free. */
struct facts *facts_of_file(const char *path);

/* The chunks of a file, in memory of the arena: of struct chunk. */
struct vec chunks_of_file(struct arena *arena, const char *path);

#endif
