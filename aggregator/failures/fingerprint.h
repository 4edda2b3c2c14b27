/* What makes two errors the same one. */
#ifndef FAILURES_FINGERPRINT_H
#define FAILURES_FINGERPRINT_H

#include "model/story.h"

/* Of the category, the message without numbers and folders, and the functions of the traceback that are the
 * program's own, without lines; a file of the scene's name counts as the scene's. */
uint64_t fingerprint_of(const struct failure *failure);

#endif
