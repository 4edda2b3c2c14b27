/* An array keeps the order in which rows came, an object finds them. */
#include "emit/screen/ledger.h"

#include "emit/entry.h"
#include "emit/log_view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ledger ledger_new(void) { return (struct ledger){json_array(), json_object()}; }

json_t *ledger_row(struct ledger *ledger, bool *fresh, const char *const *parts)
{
    char *key = NULL;
    size_t bytes;
    FILE *out = open_memstream(&key, &bytes);
    for (; out && *parts; parts++)
        fprintf(out, "%s\x1f", *parts);
    if (out)
        fclose(out);
    json_t *row = json_object_get(ledger->index, key ? key : "");
    *fresh = row == NULL;
    if (!row) {
        row = json_object();
        json_array_append_new(ledger->rows, row);
        json_object_set_nocheck(ledger->index, key ? key : "", row);
    }
    free(key);
    return row;
}

struct keyed {
    const char *key;
    json_t *row;
    int (*order)(const json_t *, const json_t *);
};

static int by_order(const void *one, const void *other)
{
    const struct keyed *a = one, *b = other;
    int order = a->order(a->row, b->row);
    return order ? order : strcmp(a->key, b->key);
}

json_t *ledger_sorted(struct ledger *ledger, int (*order)(const json_t *, const json_t *))
{
    size_t count = json_array_size(ledger->rows), i = 0;
    struct keyed *list = calloc(count + 1, sizeof *list);
    json_t *sorted = json_array(), *row;
    const char *key;
    if (list) {
        json_object_foreach(ledger->index, key, row) list[i++] = (struct keyed){key, row, order};
        qsort(list, count, sizeof *list, by_order);
        for (i = 0; i < count; i++)
            json_array_append(sorted, list[i].row);
    }
    free(list);
    json_decref(ledger->rows);
    json_decref(ledger->index);
    return sorted;
}

double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

int by_number(const json_t *a, const json_t *b, const char *key)
{
    double left = number_at(a, key), right = number_at(b, key);
    return (left < right) - (left > right);
}

void add_count(json_t *row, const char *key, json_int_t more)
{
    entry_set(row, key, json_integer(json_integer_value(json_object_get(row, key)) + more));
}

/* Kept to 10^-9, so that the sum does not depend on the order. */
void add_number(json_t *row, const char *key, double more)
{
    entry_set(row, key, json_real(round((number_at(row, key) + more) * 1e9) / 1e9));
}

void add_name(json_t *row, const char *key, const char *name)
{
    json_t *list = json_object_get(row, key), *one;
    size_t i;
    if (!list) {
        list = json_array();
        entry_set(row, key, list);
    }
    json_array_foreach(list, i, one) if (strcmp(json_string_value(one), name) == 0) return;
    json_array_append_new(list, json_string(name));
}

void add_evidence(json_t *row, const json_t *log, const char *format, ...)
{
    char path[512];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    json_t *list = json_object_get(row, "evidence"), *one = json_object();
    if (!list) {
        list = json_array();
        entry_set(row, "evidence", list);
    }
    entry_set(one, "video", json_string(log_view_text(log, "video_id")));
    entry_set(one, "entry", json_string_nocheck(path));
    json_array_append_new(list, one);
}
