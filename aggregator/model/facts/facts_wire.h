/* A set of facts as bytes, and back. */
#ifndef MODEL_FACTS_FACTS_WIRE_H
#define MODEL_FACTS_FACTS_WIRE_H

#include "model/facts/facts.h"
#include "model/facts/wire.h"

/* Raise it whenever the description in facts_wire.c changes. */
#define FACTS_WIRE_VERSION 1

/* Writes a settled set, or reads into an empty one, which is then only good for facts_merge: it has no
 * indices. See wire_good. */
void facts_wire(struct wire *wire, struct facts *facts);

#endif
