/* Memory and processor time of a video's processes over time, summed over those that lived at once. */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include "model/tree.h"

/* Holds from at_ns to the next point; the last one is of zeros. */
struct point {
    int64_t at_ns;
    int64_t memory_kb;    /* resident, as last sampled */
    int64_t cpu_permille; /* of one processor, between samples; 1000 is 100 % */
    int64_t processes;    /* living */
};

/* Of struct point, by time; at most `points` of them: then each is the largest of several. video NONE: of the
 * processes that work on none, or on several. */
struct vec series_of_video(struct arena *arena, const struct tree *tree, uint32_t video, size_t points);

#endif
