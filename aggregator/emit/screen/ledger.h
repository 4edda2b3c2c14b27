/* Rows of an answer over several logs, found again by what they are about, and what they are filled with. */
#ifndef EMIT_SCREEN_LEDGER_H
#define EMIT_SCREEN_LEDGER_H

#include <jansson.h>
#include <stdbool.h>

/* Rows that are found again by what they are about. */
struct ledger {
    json_t *rows;  /* array */
    json_t *index; /* key to row */
};

struct ledger ledger_new(void);

/* The row of that key; *fresh: it was made now, and is empty. parts: texts, ended by NULL; a part may not be
 * NULL. */
json_t *ledger_row(struct ledger *ledger, bool *fresh, const char *const *parts);

/* The rows, the largest by `order` first; equal ones by their key. Frees the ledger. */
json_t *ledger_sorted(struct ledger *ledger, int (*order)(const json_t *, const json_t *));

void add_count(json_t *row, const char *key, json_int_t more);
void add_number(json_t *row, const char *key, double more);
/* Adds a text to a list in the row unless it is there. */
void add_name(json_t *row, const char *key, const char *name);
/* Adds {"video", "entry"} to "evidence"; takes the path to the entry as printf does. */
void add_evidence(json_t *row, const json_t *log, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

double number_at(const json_t *object, const char *key);
/* <0, 0, >0 by numbers at a key, the larger first. */
int by_number(const json_t *a, const json_t *b, const char *key);

#endif
