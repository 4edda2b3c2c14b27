/* One story told once: a function's call and the process that it started, or the file that it wrote, are one
 * step. */
#ifndef ATTEMPTS_DEDUP_H
#define ATTEMPTS_DEDUP_H

#include "attempts/step.h"

/* Takes calls out of the steps (sorted) that only led to others of them; what they were given and returned
 * goes to those. Also takes out what is told by more exact steps: files written, and what the program said.
 */
void dedup_steps(struct video_context *t, struct vec *steps);

#endif
