/* The data files as they were when the program was built; they live for ever. */
#ifndef RULES_READING_BUILTIN_H
#define RULES_READING_BUILTIN_H

#include "base/str.h"

struct str builtin_rules(void);    /* data/rules.json */
struct str builtin_patterns(void); /* data/error-patterns.tsv */

#endif
