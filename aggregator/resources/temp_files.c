/* A temporary is cleaned when its path, or a folder above it, was removed or renamed after it was made. */
#include "resources/temp_files.h"

#include <fcntl.h>

static bool is_made(const struct deed *deed)
{
    const struct fact *fact = deed->fact;
    return fact->kind == FACT_CREATE_TEMP ||
           (fact->kind == FACT_DIR_MAKE && fact->dir_make.temp && !fact->dir_make.error);
}

static bool is_unnamed(const struct fact *fact)
{
    return fact->kind == FACT_CREATE_TEMP && (fact->temp_file.flags & O_TMPFILE) == O_TMPFILE;
}

static bool is_gone(const struct fact *fact)
{
    return (fact->kind == FACT_REMOVE && !fact->removal.error) ||
           (fact->kind == FACT_RENAME && !fact->file_rename.error);
}

/* What a removal or renaming took away. */
static struct str gone_path(const struct fact *fact)
{
    return fact->kind == FACT_RENAME ? fact->file_rename.from : fact->removal.path;
}

static bool covers(struct str removed, struct str path)
{
    return str_starts(path, removed) && (path.len == removed.len || path.ptr[removed.len] == '/');
}

struct map temp_removals(const struct tree *tree)
{
    struct map map = {0};
    for (uint32_t i = 0; i < tree->deeds.count; i++) {
        const struct fact *fact = VEC_AT(&tree->deeds, struct deed, i)->fact;
        if (is_gone(fact))
            map_add(tree->arena, &map, str_hash(gone_path(fact)), i);
    }
    return map;
}

static bool removed_after(const struct teller *t, const struct map *map, struct str path, int64_t at_ns)
{
    for (struct str above = path; above.len > 1; above = str_dirname(above))
        MAP_EACH (index, map, str_hash(above)) {
            const struct deed *deed = VEC_AT(&t->tree->deeds, struct deed, index);
            if (deed->at_ns >= at_ns && covers(gone_path(deed->fact), path))
                return true;
        }
    return false;
}

struct vec *temp_made(const struct tree *tree)
{
    struct vec *made = arena_alloc(tree->arena, (tree->films.count + 1) * sizeof *made);
    VEC_EACH (const struct deed, deed, &tree->deeds)
        if (deed->film != NONE && is_made(deed))
            *VEC_PUSH(tree->arena, &made[deed->film], deed_ref) = deed;
    return made;
}

void temp_count(const struct teller *t, int64_t from_ns, int64_t to_ns, struct figures *figures)
{
    VEC_EACH (const deed_ref, ref, t->temps) {
        const struct deed *deed = *ref;
        if (deed->at_ns < from_ns || deed->at_ns >= to_ns)
            continue;
        figures->temp_created++;
        if (is_unnamed(deed->fact) || removed_after(t, t->removals, fact_path(deed->fact), deed->at_ns))
            figures->temp_cleaned++;
        else
            *VEC_PUSH(t->arena, &figures->temp_left, struct str) = fact_path(deed->fact);
    }
}
