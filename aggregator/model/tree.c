/* What is asked of a tree in several rooms. */
#include "model/tree.h"

uint32_t tree_host_of_video(const struct tree *tree, uint32_t video)
{
    VEC_EACH (const struct node, node, &tree->nodes)
        if (node->video == video)
            return node->host;
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        if (occurrence->video == video && occurrence->node != NONE)
            return tree_node(tree, occurrence->node)->host;
    return 0;
}

struct str tree_host_name(const struct tree *tree, uint32_t host)
{
    return host < tree->facts->hosts.count ? VEC_AT(&tree->facts->hosts, struct host, host)->name : STR("");
}

struct str tree_folder(const struct tree *tree, uint32_t node)
{
    for (; node != NONE; node = tree_node(tree, node)->parent) {
        uint32_t fact = tree_node(tree, node)->fact;
        const struct vec *images = fact == NONE ? NULL : &facts_process_at(tree->facts, fact)->images;
        for (size_t i = images ? images->count : 0; i-- > 0;)
            if (VEC_AT(images, struct image, i)->cwd.len)
                return VEC_AT(images, struct image, i)->cwd;
    }
    return STR("");
}
