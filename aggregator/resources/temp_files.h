/* Temporary files: made below a temp folder, and removed, moved away, or left behind. */
#ifndef RESOURCES_TEMP_FILES_H
#define RESOURCES_TEMP_FILES_H

#include "timeline/video_context.h"

/* Every removal and renaming (index of struct occurrence) by the path that went: what temp_files_count looks
 * things up in. */
struct map temp_files_removals(const struct tree *tree);

/* For each video (and one more), the temporary files made for it (struct vec of occurrence_ref). */
struct vec *temp_files_made(const struct tree *tree);

/* Counts those of the video that were made within [from, to) into the figures. */
void temp_files_count(const struct video_context *t, int64_t from_ns, int64_t to_ns,
                      struct resource_usage *usage);

#endif
