/* The rules, for those who read them. */
#ifndef PIPELINE_RULES_H
#define PIPELINE_RULES_H

#include "base/err.h"
#include "base/str.h"

#include <stdio.h>

/* The built-in rules as they stand in data/rules.json, and the error patterns of data/error-patterns.tsv. */
struct str rules_shown(void);
struct str patterns_shown(void);

/* Reads a user's file as `vlagg fold --rules` would; *rules, *patterns: how many then apply, the built-in
 * ones included unless the file replaces them. */
int rules_check(const char *path, unsigned *rules, unsigned *patterns, struct err *err);

/* Writes which rule made an entry of the log (or logs) at `logs`; rules: the user's file, or NULL. */
int rules_explain(const char *logs, const char *key, const char *rules, FILE *out, struct err *err);

#endif
