/* The built-in rules and prices, and a look at files of the user's. */
#include "usecases/show_data.h"

#include "emit/log/explain.h"
#include "price/prices.h"
#include "read/log_files.h"
#include "rules/reading/builtin.h"
#include "rules/rules.h"

struct str show_data_rules(void) { return builtin_rules(); }

struct str show_data_patterns(void) { return builtin_patterns(); }

int show_data_check_rules(const char *path, unsigned *rules, unsigned *patterns, struct err *err)
{
    struct arena *arena = arena_new();
    struct rules *all = NULL;
    int status = rules_read(arena, path, &all, err);
    if (!status) {
        *rules = (unsigned)all->rules.count;
        *patterns = (unsigned)all->patterns.count;
    }
    arena_free(arena);
    return status;
}

int show_data_explain(const char *logs, const char *key, const char *path, FILE *out, struct err *err)
{
    struct arena *arena = arena_new();
    struct rules *rules = NULL;
    json_t *documents = json_array();
    int status = path ? rules_read(arena, path, &rules, err) : 0;
    if (!status)
        status = log_files_read(logs, documents, err);
    if (!status) {
        struct vec texts = rules_texts(rules ? rules : rules_builtin(arena));
        status = explain_write(out, documents, key, &texts, err);
    }
    json_decref(documents);
    arena_free(arena);
    return status;
}

struct str show_data_prices(void) { return prices_text(); }

int show_data_check_prices(const char *path, unsigned *rows, struct err *err)
{
    struct arena *arena = arena_new();
    struct prices *prices;
    int status = prices_find(arena, path, &prices, err);
    *rows = 0;
    VEC_EACH (const struct price, row, &prices->rows)
        *rows += row->users;
    arena_free(arena);
    return status;
}
