/* Where a video's folder lies, apart from the pattern that found it. */
#ifndef CLASSIFY_PLACES_H
#define CLASSIFY_PLACES_H

#include "classify/rules.h"
#include "model/facts.h"

/* For each struct video of the facts, what stood in its folder before the pattern and for the wildcards
 * (struct str); empty where the rules' video_paths do not have that pattern. */
struct vec places_find(struct arena *arena, const struct rules *rules, const struct facts *facts);

#endif
