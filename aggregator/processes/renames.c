/* One table, asked for the path and then for each folder above it. */
#include "processes/renames.h"

struct renames renames_index(struct arena *arena, const struct facts *facts)
{
    struct renames renames = {.facts = facts};
    uint32_t i = 0;
    VEC_EACH (struct fact, fact, &facts->events) {
        if (fact->kind == FACT_RENAME && fact->file_rename.error == 0)
            map_add(arena, &renames.by_path, str_hash(fact->file_rename.from), i);
        i++;
    }
    return renames;
}

/* The last rename of exactly this path. */
static const struct fact *last_of(const struct renames *renames, uint32_t host, uint64_t ticks,
                                  struct str path)
{
    const struct fact *last = NULL;
    MAP_EACH (i, &renames->by_path, str_hash(path)) {
        const struct fact *fact = VEC_AT(&renames->facts->events, struct fact, i);
        bool fits = facts_process_at(renames->facts, fact->process)->host == host && fact->ticks >= ticks &&
                    str_equal(fact->file_rename.from, path);
        if (fits && (!last || facts_order(last, fact) < 0))
            last = fact;
    }
    return last;
}

struct str renames_of(const struct renames *renames, struct arena *arena, uint32_t host, uint64_t ticks,
                      struct str path)
{
    for (struct str part = path; part.len; part = str_dirname(part)) {
        const struct fact *fact = last_of(renames, host, ticks, part);
        if (!fact)
            continue;
        struct str rest = str_slice(path, part.len, path.len);
        return str_format(arena, STR_FMT STR_FMT, STR_ARG(fact->file_rename.to), STR_ARG(rest));
    }
    return STR("");
}
