/* A terminal that is drawn on and given back as it was. */
#ifndef CMD_PARTS_TERMINAL_H
#define CMD_PARTS_TERMINAL_H

#include "usecases/watcher.h"

/* Takes the other screen, hides the cursor, reads keys as they come; signals come through terminal_wait
 * alone. */
void terminal_take(void);

/* Gives all of it back. */
void terminal_return(void);

enum terminal_event {
    TERMINAL_TIME,   /* the time is over */
    TERMINAL_RESIZE, /* or was stopped and goes on: draw again */
    TERMINAL_QUIT    /* q, or a signal that ends us: see terminal_end */
};

/* Waits; on ^Z the terminal is given back, and taken again when we go on. */
enum terminal_event terminal_wait(double seconds);

/* After terminal_return: ends the way that the signal would have, if one came; else does nothing. */
void terminal_end(void);

struct watch_size terminal_size(void);

#endif
