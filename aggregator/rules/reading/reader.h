/* Typed values out of a JSON object; a value of another type is an error that names the file, the rule and
 * the key. What is not there leaves *out as it was. Private to the readers of rules.json; everything is
 * copied to the arena. */
#ifndef RULES_READING_READER_H
#define RULES_READING_READER_H

#include "rules/rules.h"

#include <jansson.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct reader {
    struct rules *rules;
    struct arena *arena;
    struct str where; /* the file */
    struct str rule;  /* the rule in hand, as it is told in errors; "": none */
    struct str text;  /* all of the file */
    size_t object;    /* offset of the object in hand */
    struct err *err;
};

/* "file:line:column" of the object in hand. */
struct str reader_spot(struct reader *in);

/* "file:line:column: " of a key of the object in hand, and the rule. */
struct str reader_place(struct reader *in, const char *key);

/* The sentence: this key must be that. */
int reader_wrong(struct reader *in, const char *key, const char *what);

int reader_text(struct reader *in, json_t *object, const char *key, struct str *out);
int reader_flag(struct reader *in, json_t *object, const char *key, bool *out);       /* not there: false */
int reader_list(struct reader *in, json_t *object, const char *key, struct vec *out); /* of struct str */

int reader_compile(struct reader *in, const char *key, struct str expression, struct regex **out);
int reader_regex(struct reader *in, json_t *object, const char *key, struct regex **out);
int reader_glob(struct reader *in, json_t *object, const char *key, struct regex **out);
int reader_globs(struct reader *in, json_t *object, const char *key, struct vec *out); /* of regex_ref */

int reader_finds(struct reader *in, json_t *object, struct vec *out);   /* of struct rule_find */
int reader_options(struct reader *in, json_t *object, struct vec *out); /* of struct rule_option */
int reader_pairs(struct reader *in, json_t *object, const char *key,
                 struct vec *out);                                    /* of struct signal_value */
int reader_words(struct reader *in, json_t *object, struct vec *out); /* of struct rule_word */

/* One rule (rule_read.c). */
int rule_read(struct reader *in, json_t *object, struct rule *rule);

#endif
