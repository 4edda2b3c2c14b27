/* A rule or error pattern as it stands in its file: to show it. */
#ifndef MODEL_RULE_TEXT_H
#define MODEL_RULE_TEXT_H

#include "base/str.h"

struct rule_text {
    struct str id;    /* of a rule; of a pattern its first cell */
    struct str place; /* file:line, and column where known */
    struct str text;  /* of a pattern its five cells, separated by tabs */
};

#endif
