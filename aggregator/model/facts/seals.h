/* Text that was printed into a pipe (vl/seal.h): opened where a reader of it told the key. */
#ifndef MODEL_FACTS_SEALS_H
#define MODEL_FACTS_SEALS_H

#include "model/facts/facts.h"

struct seals;

/* All keys that the facts tell, and that no claude program shuts. */
struct seals *seals_find(struct arena *arena, const struct facts *facts);

/* What stands under seal, head and all, printed by a process of that host; false: nobody told its key. */
bool seals_open(struct arena *arena, const struct seals *seals, uint32_t host, struct str sealed,
                struct str *out);

/* "Type: message" whose message is under seal behind a NUL, as FACT_RAISE has it; the type alone if nobody
 * told. */
struct str seals_open_message(struct arena *arena, const struct seals *seals, uint32_t host, struct str line);

#endif
