/* What `vlagg doctor` found, for people and as JSON. */
#ifndef EMIT_SCREEN_DOCTOR_SCREEN_H
#define EMIT_SCREEN_DOCTOR_SCREEN_H

#include "model/diagnosis.h"

#include <stdio.h>

/* Not 0: something could not be written. */
int doctor_screen_print(FILE *out, const struct diagnosis *diagnosis);
int doctor_screen_write_json(FILE *out, const struct diagnosis *diagnosis);

#endif
