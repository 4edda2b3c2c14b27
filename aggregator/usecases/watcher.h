/* A recording that goes on: read again and again, only what is new, and shown. */
#ifndef USECASES_WATCHER_H
#define USECASES_WATCHER_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

struct watcher;

/* Folders need not be there yet. Never NULL. */
struct watcher *watcher_new(char *const *folders, int count);
void watcher_free(struct watcher *watcher);

/* Reads what is new. 0, or negative with *err. */
int watcher_look(struct watcher *watcher, struct err *err);

/* Whether there is a recording, and none of its processes lives any more on this host. */
bool watcher_over(const struct watcher *watcher);

struct watch_size {
    int columns, lines;
    bool colours;
};

/* Draws the state over the screen that `out` shows, from its top left corner. */
void watcher_draw(const struct watcher *watcher, FILE *out, const struct watch_size *size);

/* Prints a line for each video whose state is another one than when it was last printed. */
void watcher_tell(struct watcher *watcher, FILE *out);

#endif
