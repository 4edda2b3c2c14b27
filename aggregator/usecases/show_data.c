/* The built-in rules and prices, and a look at files of the user's. */
#include "usecases/show_data.h"

#include "emit/log/explain.h"
#include "price/price_table.h"
#include "read/log_files.h"
#include "rules/reading/builtin.h"
#include "rules/rules.h"

struct str rules_shown(void) { return builtin_rules(); }

struct str patterns_shown(void) { return builtin_patterns(); }

int rules_check(const char *path, unsigned *rules, unsigned *patterns, struct err *err)
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

int rules_explain(const char *logs, const char *key, const char *path, FILE *out, struct err *err)
{
    struct arena *arena = arena_new();
    struct rules *rules = NULL;
    json_t *documents = json_array();
    int status = path ? rules_read(arena, path, &rules, err) : 0;
    if (!status)
        status = logs_read(logs, documents, err);
    if (!status) {
        struct vec texts = rules_texts(rules ? rules : rules_builtin(arena));
        status = explain_write(out, documents, key, &texts, err);
    }
    json_decref(documents);
    arena_free(arena);
    return status;
}

struct str prices_shown(void) { return prices_text(); }

int prices_check(const char *path, unsigned *rows, struct err *err)
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
