/* What a program reported itself about something: its own log may have it, too, and then the log tells it
 * once. */
#ifndef MODEL_SELF_REPORT_H
#define MODEL_SELF_REPORT_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct self_report {
    bool reported; /* else the rest says nothing */
    bool alone;    /* nothing but the report tells of it */
    int64_t at_ns; /* when it was reported */
    struct str at; /* the time-stamp that the program gave it; "": none */
};

#endif
