/* What the windows of a run are made of; for window*.c alone. */
#ifndef TIMELINE_INTERVAL_PARTS_H
#define TIMELINE_INTERVAL_PARTS_H

#include "timeline/video_context.h"

/* A new window that ends where it begins. Earlier pointers to windows are void. */
struct window *window_add(struct teller *t, struct str stage, uint32_t root, uint32_t owner,
                          int64_t start_ns);

/* The window of a call that was the stage, and lies within that time; NULL: there is none. */
struct window *window_exact(const struct teller *t, uint32_t root, struct str stage, int64_t from_ns,
                            int64_t to_ns);

/* What the call was given and gave back; of calls within calls the outer one's word counts. */
void window_hear(struct window *window, const struct signal *signal);

/* Calls that were a stage of this video; then its shares of the stages of the whole run. */
void window_take_calls(struct teller *t, uint32_t root);
void window_take_shares(struct teller *t, uint32_t root);

/* What a signal tells of its stage, as it happens; and one that comes afterwards. */
void window_take(struct teller *t, const struct signal *signal, uint32_t root);
void window_take_late(struct teller *t, const struct signal *signal, uint32_t root);

#endif
