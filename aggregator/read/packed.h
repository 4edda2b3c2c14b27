/* Spool files that `vlagg pack` compressed: read at any place as if they were not.
 *
 * <name>.vls.gz is what gunzip takes: gzip members of PACKED_MEMBER bytes at most, each with an extra field
 * "VL" that holds the member's length and what it unpacks to (two little-endian uint32_t), so that a place is
 * found by hopping. */
#ifndef READ_PACKED_H
#define READ_PACKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PACKED_SUFFIX ".gz"
#define PACKED_MEMBER (1u << 20)
#define PACKED_SIZES  16 /* where in a member the two numbers are */
#define PACKED_HEADER 24 /* bytes up to and with them */

struct packed;

/* NULL: the file is none. The descriptor stays the caller's. */
struct packed *packed_open(int fd);
void packed_close(struct packed *packed); /* NULL is fine */

/* What it unpacks to. */
uint64_t packed_bytes(const struct packed *packed);

/* Like pread. Where a member is damaged the bytes are a page of 0xff and zeros, which no reader takes for a
 * chunk. */
ssize_t packed_read(struct packed *packed, uint8_t *buffer, size_t bytes, uint64_t offset);

/* Compresses one member into `out` (packed_bound(bytes) bytes); returns its length. */
size_t packed_member(const uint8_t *from, size_t bytes, uint8_t *out);
size_t packed_bound(size_t bytes);

#endif
