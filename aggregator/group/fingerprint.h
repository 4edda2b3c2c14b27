/* What makes two errors the same one: category and message, but for numbers, addresses and folders. */
#ifndef GROUP_FINGERPRINT_H
#define GROUP_FINGERPRINT_H

#include "base/str.h"

#include <stdint.h>

uint64_t fingerprint_of(struct str category, struct str message);

#endif
