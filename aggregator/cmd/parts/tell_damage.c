/* One line for each damaged place, up to a bound. */
#include "cmd/parts/tell_damage.h"

#include "cmd/cmd.h"
#include "vl/event.h"

#include <inttypes.h>
#include <stdio.h>

#define LINES_MAX 20

static void tell_one(const struct damage *damage)
{
    fprintf(stderr, "vlagg: " STR_FMT, STR_ARG(damage->file));
    if (damage->bytes)
        fprintf(stderr, ", %" PRIu64 " bytes at offset %" PRIu64, damage->bytes, damage->offset);
    fprintf(stderr, ": " STR_FMT "\n", STR_ARG(damage->what));
}

int tell_damage(const struct facts *facts, bool strict)
{
    size_t left = facts->damages.count;
    VEC_EACH (struct damage, damage, &facts->damages) {
        if (facts->damages.count - left == LINES_MAX)
            break;
        tell_one(damage);
        left--;
    }
    uint64_t unmapped = facts->dropped[VL_REASON_NO_MAPPING];
    if (unmapped)
        fprintf(stderr, "vlagg: %" PRIu64 " events in all were not kept for that reason\n", unmapped);
    if (left)
        fprintf(stderr, "vlagg: and %zu damaged places more\n", left);
    return strict && facts->damages.count ? STATUS_DAMAGE : STATUS_DONE;
}
