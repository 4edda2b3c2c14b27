/* Entries that a program and the recorder both told of: those who read a log look at one. */
#ifndef READ_RECORDED_H
#define READ_RECORDED_H

#include <jansson.h>

/* Puts what was recorded of an entry ("recorded") in the entry's place, with what only the program said of
 * it. */
void recorded_unfold(json_t *document);

#endif
