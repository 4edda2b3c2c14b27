/* The built-in rules, and a look at a file of the user's. */
#include "pipeline_rules.h"

#include "classify/builtin.h"
#include "classify/rules.h"

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
