/* The cut lies between reduce and conclude: facts merge in any grouping, so that partial folds do. */
#include "usecases/partial_fold.h"

#include "model/transcript.h"
#include "read/partial.h"

int partial_fold_write(const struct facts *facts, const struct conclude_options *options, const char *path,
                       struct err *err)
{
    struct conclusion conclusion;
    struct partial partial = {.facts = (struct facts *)(uintptr_t)facts}; /* only read */
    struct conclude_options keeping = *options;
    keeping.keep = &partial.copies;
    int status = conclude_all(facts, &keeping, &conclusion, err);
    if (!status)
        status = partial_write(path, &partial, err);
    conclude_free(&conclusion);
    return status;
}

/* Which chunks a file held. */
struct source {
    const char *path;
    struct vec chunks;
};

static int check_apart(const struct vec *sources, const char *path, const struct facts *facts,
                       struct err *err)
{
    VEC_EACH (const struct source, source, sources) {
        size_t shared = facts_chunks_shared(&source->chunks, &facts->chunks);
        if (shared)
            return err_set(err, ERR_INPUT,
                           "%s and %s both hold the same %zu chunks of a recording, which would count twice; "
                           "name only one of the two.",
                           source->path, path, shared);
    }
    return 0;
}

static void take_copies(struct merged *merged, const struct vec *copies)
{
    struct arena *arena = merged->facts->arena;
    VEC_EACH (const struct usage_copy, copy, copies)
        *VEC_PUSH(arena, &merged->copies, struct usage_copy) =
            (struct usage_copy){str_copy(arena, copy->name), str_copy(arena, copy->text)};
}

static int add_partial(struct merged *merged, const char *path, struct vec *sources, struct err *err)
{
    struct arena *arena = merged->facts->arena;
    struct partial partial;
    int status = partial_read(path, &partial, err);
    if (!status)
        status = check_apart(sources, path, partial.facts, err);
    if (!status) {
        facts_merge(merged->facts, partial.facts);
        take_copies(merged, &partial.copies);
        *VEC_PUSH(arena, sources, struct source) =
            (struct source){path, vec_copy(arena, &partial.facts->chunks, sizeof(uint64_t))};
    }
    partial_free(&partial);
    return status;
}

static int by_name(const void *one, const void *other)
{
    const struct usage_copy *a = one, *b = other;
    int order = str_compare(a->name, b->name);
    return order ? order : str_compare(a->text, b->text);
}

int partial_fold_merge(char *const *paths, int count, struct merged *merged, struct err *err)
{
    struct vec sources = {0};
    int status = 0;
    *merged = (struct merged){.facts = facts_new()};
    for (int i = 0; i < count && !status; i++)
        status = add_partial(merged, paths[i], &sources, err);
    VEC_SORT(&merged->copies, struct usage_copy, by_name); /* whatever the order they came in */
    return status;
}

void partial_fold_free(struct merged *merged)
{
    facts_free(merged->facts);
    *merged = (struct merged){0};
}
