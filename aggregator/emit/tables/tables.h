/* A recording as tables (tables.def): rows for the formats that have rows. */
#ifndef EMIT_TABLES_TABLES_H
#define EMIT_TABLES_TABLES_H

#include "model/log.h"

enum cell_type { CELL_TEXT, CELL_INTEGER, CELL_REAL, CELL_FLAG, CELL_TIME, CELL_KEY };

/* A value; its column says which of them. Text may be any bytes; text_json makes it UTF-8. */
struct cell {
    bool known; /* else NULL */
    struct str text;
    int64_t number; /* INTEGER, FLAG; TIME: nanoseconds since 1970 */
    double real;
    uint64_t key;
};

struct column {
    const char *name;
    enum cell_type type;
    const char *says;
};

struct table_sink;
struct table {
    const char *name, *says;
    const struct column *columns;
    unsigned count;
    void (*rows)(struct table_sink *sink, const struct table *table, const struct conclusion *run);
};

/* Whoever takes rows puts this first in a struct of its own. */
struct table_sink {
    void (*row)(struct table_sink *sink, const struct table *table, const struct cell *cells);
};

const struct table *tables_all(unsigned *count);

/* "text" or "INTEGER": how sqlite declares a column of that type. */
const char *cell_sql_type(enum cell_type type);

#define ISO_CELL_BYTES 40
#define KEY_CELL_BYTES 17

/* A key's 16 digits. */
void cell_key_text(uint64_t key, char *out);

/* A row of each table as a struct of cells, in the order of its columns. */
#define C(type, name, says) struct cell name;
#define EXPORT_TABLE(name, says, columns)                                                                    \
    struct row_##name {                                                                                      \
        columns                                                                                              \
    };
#include "emit/tables/tables.def"
#undef C
#undef EXPORT_TABLE

/* Values; what stands for "not known" becomes NULL. */
struct cell cell_text(struct str text);   /* "" */
struct cell cell_word(const char *text);  /* NULL */
struct cell cell_count(int64_t number);   /* below 0 */
struct cell cell_number(uint64_t number); /* always known */
struct cell cell_seconds(int64_t ns);     /* below 0 */
struct cell cell_micros(int64_t us);      /* below 0; in seconds */
struct cell cell_flag(int known);         /* below 0 */
struct cell cell_time(int64_t ns);        /* NO_TIME */
struct cell cell_key(uint64_t key);       /* 0 */
struct cell cell_dollars(int64_t cost);   /* NO_COST */

#endif
