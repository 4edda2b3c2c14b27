/* A bar on a terminal for what takes long: nothing in the first half second, nothing where stderr is no
 * terminal. */
#ifndef CMD_PARTS_PROGRESS_H
#define CMD_PARTS_PROGRESS_H

#include "usecases/read_spools.h"

struct progress {
    struct read_listener listener; /* first: it is all that its function is given */
    const char *doing;
    bool terminal, drawn;
    int64_t begun_ms, drawn_ms;
};

/* `doing` says what: "reading", "writing". It must outlive the bar. */
void progress_begin(struct progress *progress, const char *doing);
void progress_show(struct progress *progress, uint64_t done, uint64_t all);
/* Takes the bar away. */
void progress_end(struct progress *progress);

#endif
