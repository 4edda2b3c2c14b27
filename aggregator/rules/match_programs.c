/* Which program each process is, whatever wrappers it went through on the way. */
#include "rules/matcher.h"

#include "rules/invocation.h"

static bool same_run(const struct invocation *a, const struct invocation *b)
{
    return str_equal(a->program, b->program) && str_equal(a->args, b->args);
}

/* What the kernel ran: the interpreter of a script. */
static struct str runner(const struct invocation *command)
{
    struct str rest = command->argv, word = command->exe;
    str_next(&rest, '\0', &word);
    return str_basename(word);
}

/* `env python3 manim ...` runs manim three times over, and a version manager's shim of that name ends by
 * executing the real one: what was run is kept once, from its first moment on, and what stood between was the
 * way there. Gives the moment from which it was the program itself; NO_TIME: from the first. */
static int64_t drop_wrappers(struct vec *commands)
{
    size_t kept = 0;
    int64_t arrived = NO_TIME;
    for (size_t i = 0; i < commands->count; i++) {
        const struct invocation *next = VEC_AT(commands, struct invocation, i);
        size_t first = 0;
        while (first < kept && !same_run(VEC_AT(commands, struct invocation, first), next))
            first++;
        if (first < kept) {
            struct invocation *one = VEC_AT(commands, struct invocation, first);
            if (!str_equal(runner(one), runner(next))) /* else it began again by itself */
                arrived = next->at_ns;
            one->argv = next->argv;
            kept = first + 1;
        } else {
            *VEC_AT(commands, struct invocation, kept++) = *next;
        }
    }
    commands->count = kept;
    return arrived;
}

/* What a wrapper started on its way to the program. A parent comes before its children. */
static void fold_helpers(struct tree *tree, const int64_t *arrived)
{
    VEC_EACH (struct node, node, &tree->nodes) {
        const struct node *parent = node->parent == NONE ? NULL : tree_node(tree, node->parent);
        node->folded =
            parent &&
            (parent->folded || (arrived[node->parent] != NO_TIME && node->start_ns < arrived[node->parent]));
    }
}

void match_programs(const struct rules *rules, struct tree *tree)
{
    int64_t *arrived = arena_alloc(tree->arena, (tree->nodes.count + 1) * sizeof *arrived);
    for (uint32_t i = 0; i < tree->nodes.count; i++) {
        struct node *node = tree_node(tree, i);
        VEC_EACH (struct invocation, command, &node->commands)
            invocation_find(tree->arena, rules, command->exe, command);
        arrived[i] = drop_wrappers(&node->commands);
    }
    fold_helpers(tree, arrived);
}
