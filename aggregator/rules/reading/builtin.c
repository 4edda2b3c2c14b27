/* The data files, word for word, inside the program. */
#include "rules/reading/builtin.h"

#include "base/embed.h"

EMBED(rules_data, "data/rules.json");
EMBED(patterns_data, "data/error-patterns.tsv");

struct str builtin_rules(void) { return rules_data(); }

struct str builtin_patterns(void) { return patterns_data(); }
