/* The rules and prices, for those who read them. */
#ifndef USECASES_SHOW_DATA_H
#define USECASES_SHOW_DATA_H

#include "base/err.h"
#include "base/str.h"

#include <stdio.h>

/* The built-in rules as they stand in data/rules.json, and the error patterns of data/error-patterns.tsv. */
struct str show_data_rules(void);
struct str show_data_patterns(void);

/* Reads a user's file as `vlagg fold --rules` would; *rules, *patterns: how many then apply, the built-in
 * ones included unless the file replaces them. */
int show_data_check_rules(const char *path, unsigned *rules, unsigned *patterns, struct err *err);

/* Writes which rule made an entry of the log (or logs) at `logs`; rules: the user's file, or NULL. */
int show_data_explain(const char *logs, const char *key, const char *rules, FILE *out, struct err *err);

/* The built-in table as it stands in data/prices.tsv. */
struct str show_data_prices(void);

/* Reads a user's table; *rows: models that it prices. */
int show_data_check_prices(const char *path, unsigned *rows, struct err *err);

#endif
