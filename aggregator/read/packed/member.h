/* Parts of packed files: a stretch of a spool file, compressed so that it can be unpacked alone.
 *
 * Two forms are read. What is written now ("VLZ") has columns (read/packed/pack_columns.h), each deflated on
 * its own:
 *
 *     0   56 4c 5a 01          "VLZ", version 1
 *     4   length, bytes        of the member, of what it unpacks to
 *     12  crc32                of what it unpacks to, as gzip's
 *     16  (column, bytes, packed bytes) as LEB128, then a raw deflate stream; until the length is reached
 *
 * Before that, members were gzip's, with both lengths in an extra field "VL". All numbers are little endian.
 */
#ifndef READ_PACKED_MEMBER_H
#define READ_PACKED_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMBER_BYTES  (1u << 20) /* that one unpacks to, at most */
#define MEMBER_HEADER 24         /* bytes that member_begins wants */

/* Room for a packed member. */
size_t member_bound(void);

/* Packs `count` bytes (MEMBER_BYTES at most) into `out`; returns the length. */
size_t member_pack(const uint8_t *from, size_t count, uint8_t *out);

/* Whether a member begins here, and its two sizes, which are possible ones. */
bool member_begins(const uint8_t *header, size_t have, uint32_t *length, uint32_t *bytes);

/* Unpacks a whole member; false: it is damaged. */
bool member_unpack(const uint8_t *member, uint32_t length, uint8_t *out, uint32_t bytes);

#endif
