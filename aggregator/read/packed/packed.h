/* Spool files that `vlagg pack` compressed: read at any place as if they were not.
 *
 * <name>.vls.vlz is a row of members (read/packed/member.h) that each hold a stretch of the file, so that a
 * place is found by hopping. <name>.vls.gz is how they were packed before. */
#ifndef READ_PACKED_PACKED_H
#define READ_PACKED_PACKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PACKED_SUFFIX     ".vlz"
#define PACKED_OLD_SUFFIX ".gz"

struct packed;

/* NULL: the file is none. The descriptor stays the caller's. */
struct packed *packed_open(int fd);
void packed_close(struct packed *packed); /* NULL is fine */

/* What it unpacks to. */
uint64_t packed_bytes(const struct packed *packed);

/* Whether everything that was read so far could be unpacked, and nothing that is no member follows. */
bool packed_is_whole(const struct packed *packed);

/* Like pread. Where a member is damaged the bytes are a page of 0xff and zeros, which no reader takes for a
 * chunk. */
ssize_t packed_read(struct packed *packed, uint8_t *buffer, size_t bytes, uint64_t offset);

#endif
