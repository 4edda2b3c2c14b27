/* A temporary is cleaned when its path, or a folder above it, was removed or renamed after it was made. */
#include "resources/temp_files.h"

#include <fcntl.h>

static bool is_made(const struct occurrence *occurrence)
{
    const struct fact *fact = occurrence->fact;
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

static bool lies_in(struct str removed, struct str path)
{
    return str_starts(path, removed) && (path.len == removed.len || path.ptr[removed.len] == '/');
}

struct map temp_files_removals(const struct tree *tree)
{
    struct map map = {0};
    for (uint32_t i = 0; i < tree->occurrences.count; i++) {
        const struct fact *fact = VEC_AT(&tree->occurrences, struct occurrence, i)->fact;
        if (is_gone(fact))
            map_add(tree->arena, &map, str_hash(gone_path(fact)), i);
    }
    return map;
}

static bool removed_after(const struct video_context *t, const struct map *map, struct str path,
                          int64_t at_ns)
{
    for (struct str above = path; above.len > 1; above = str_dirname(above))
        MAP_EACH (index, map, str_hash(above)) {
            const struct occurrence *occurrence = VEC_AT(&t->tree->occurrences, struct occurrence, index);
            if (occurrence->at_ns >= at_ns && lies_in(gone_path(occurrence->fact), path))
                return true;
        }
    return false;
}

struct vec *temp_files_made(const struct tree *tree)
{
    struct vec *made = arena_alloc(tree->arena, (tree->videos.count + 1) * sizeof *made);
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        if (occurrence->video != NONE && is_made(occurrence))
            *VEC_PUSH(tree->arena, &made[occurrence->video], occurrence_ref) = occurrence;
    return made;
}

void temp_files_count(const struct video_context *t, int64_t from_ns, int64_t to_ns,
                      struct resource_usage *usage)
{
    VEC_EACH (const occurrence_ref, ref, t->temps) {
        const struct occurrence *occurrence = *ref;
        if (occurrence->at_ns < from_ns || occurrence->at_ns >= to_ns)
            continue;
        usage->temp_created++;
        if (is_unnamed(occurrence->fact) ||
            removed_after(t, t->removals, fact_path(occurrence->fact), occurrence->at_ns))
            usage->temp_cleaned++;
        else
            *VEC_PUSH(t->arena, &usage->temp_left, struct str) = fact_path(occurrence->fact);
    }
}
