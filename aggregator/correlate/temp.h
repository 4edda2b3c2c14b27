/* Temporary files: made below a temp folder, and removed, moved away, or left behind. */
#ifndef CORRELATE_TEMP_H
#define CORRELATE_TEMP_H

#include "correlate/teller.h"

/* Every removal and renaming (index of struct deed) by the path that went: what temp_count looks things up
 * in. */
struct map temp_removals(const struct tree *tree);

/* For each film (and one more), the temporary files made for it (struct vec of deed_ref). */
struct vec *temp_made(const struct tree *tree);

/* Counts those of the film that were made within [from, to) into the figures. */
void temp_count(const struct teller *t, int64_t from_ns, int64_t to_ns, struct figures *figures);

#endif
