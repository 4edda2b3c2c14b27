/* Where a video's folder lies, apart from the pattern that found it. */
#ifndef RULES_VIDEO_BASES_H
#define RULES_VIDEO_BASES_H

#include "model/facts/facts.h"
#include "rules/rules.h"

/* For each struct recorded_video of the facts, what stood in its folder before the pattern and for the
 * wildcards (struct str); empty where the rules' video_paths do not have that pattern. */
struct vec video_bases_find(struct arena *arena, const struct rules *rules, const struct facts *facts);

#endif
