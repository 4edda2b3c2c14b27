/* Adding to the list of damage. */
#include "read/damage.h"

void damage_add(struct damages *damages, struct str file, uint64_t offset, uint64_t bytes, const char *what)
{
    struct damage *last = damages->list.count ? VEC_LAST(&damages->list, struct damage) : NULL;
    if (last && last->bytes && last->offset + last->bytes == offset && str_equal(last->file, file)) {
        last->bytes += bytes;
        return;
    }
    *VEC_PUSH(damages->arena, &damages->list, struct damage) = (struct damage){
        .file = str_copy(damages->arena, file),
        .offset = offset,
        .bytes = bytes,
        .what = str_of(what),
    };
}
