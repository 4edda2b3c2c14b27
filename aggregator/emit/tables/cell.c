/* How values of a table are made. */
#include "emit/tables/tables.h"

#include <stdio.h>

const char *cell_sql_type(enum cell_type type)
{
    return type == CELL_REAL ? "REAL" : type == CELL_INTEGER || type == CELL_FLAG ? "INTEGER" : "TEXT";
}

void cell_key_text(uint64_t key, char *out)
{
    snprintf(out, KEY_CELL_BYTES, "%016llx", (unsigned long long)key);
}

struct cell cell_text(struct str text) { return (struct cell){.known = text.len > 0, .text = text}; }

struct cell cell_word(const char *text) { return (struct cell){.known = text != NULL, .text = str_of(text)}; }

struct cell cell_count(int64_t number) { return (struct cell){.known = number >= 0, .number = number}; }

struct cell cell_number(uint64_t number)
{
    return (struct cell){.known = true, .number = number > INT64_MAX ? INT64_MAX : (int64_t)number};
}

struct cell cell_seconds(int64_t ns)
{
    return (struct cell){.known = ns >= 0, .real = (double)((ns + 500) / 1000) / 1e6};
}

struct cell cell_micros(int64_t us) { return (struct cell){.known = us >= 0, .real = (double)us / 1e6}; }

struct cell cell_flag(int known) { return (struct cell){.known = known >= 0, .number = known}; }

struct cell cell_time(int64_t ns) { return (struct cell){.known = ns != NO_TIME, .number = ns}; }

struct cell cell_key(uint64_t key) { return (struct cell){.known = key != 0, .key = key}; }

struct cell cell_dollars(int64_t cost)
{
    return (struct cell){.known = cost != NO_COST, .real = (double)cost / 1e12};
}
