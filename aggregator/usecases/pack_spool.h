/* Making a spool smaller: finished files compressed, old ones removed. Safe while a recording goes on. */
#ifndef USECASES_PACK_SPOOL_H
#define USECASES_PACK_SPOOL_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum pack_result {
    PACK_DONE,       /* packed, or removed */
    PACK_IN_USE,     /* a process that writes it lives */
    PACK_OTHER_HOST, /* of another host, and not old enough to be sure */
    PACK_YOUNG       /* to be removed, but not old enough */
};

/* Hears of every file. */
struct pack_listener {
    void (*progress)(struct pack_listener *listener, struct str label, enum pack_result result,
                     uint64_t before, uint64_t after);
};

/* undo: unpacks what is packed instead. */
int pack_spool(char *const *folders, int count, bool undo, struct pack_listener *listener, struct err *err);

/* Removes what was last written to before `before_ns` (since 1970). dry: only tells. */
int pack_spool_prune(char *const *folders, int count, int64_t before_ns, bool dry,
                     struct pack_listener *listener, struct err *err);

#endif
