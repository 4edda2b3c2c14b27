/* Temporary files: made below a temp folder, and removed, moved away, or left behind. */
#ifndef RESOURCES_TEMP_FILES_H
#define RESOURCES_TEMP_FILES_H

#include "timeline/video_context.h"

/* Every removal and renaming (index of struct deed) by the path that went: what temp_count looks things up
 * in. */
struct map temp_removals(const struct tree *tree);

/* For each film (and one more), the temporary files made for it (struct vec of deed_ref). */
struct vec *temp_made(const struct tree *tree);

/* Counts those of the film that were made within [from, to) into the figures. */
void temp_count(const struct teller *t, int64_t from_ns, int64_t to_ns, struct figures *figures);

#endif
