/* What the recorder will see of a program, judged by its file alone: nothing of it is run. */
#ifndef INSPECT_PROGRAM_H
#define INSPECT_PROGRAM_H

#include "inspect/command.h"
#include "model/diagnosis.h"

/* Shape and note of a step; the sights too, if it is the one that stays (`last`). */
struct diagnosed program_judge(struct arena *arena, const struct step *step, bool last);

#endif
