/* Values to bytes and back by one description for both ways, so that reader and writer cannot part.
 *
 * Numbers are unsigned LEB128, signed ones zigzag; a string that came before is its number. What is read
 * lies in the arena; what cannot be read makes all that follows zero and empty, and wire_good false. */
#ifndef MODEL_FACTS_WIRE_H
#define MODEL_FACTS_WIRE_H

#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

struct wire {
    struct arena *arena;
    struct vec out;          /* written so far: of uint8_t */
    struct intern written;   /* strings */
    const uint8_t *at, *end; /* what is left to read; at NULL: writing */
    struct vec strings;      /* of struct str: read so far */
    bool bad;
};

struct wire wire_writer(struct arena *arena);
struct wire wire_reader(struct arena *arena, const void *bytes, size_t count);

/* Whether all that was to be read could be, and nothing is left. */
bool wire_good(const struct wire *wire);

/* Each writes *value, or reads into it. */
void wire_u64(struct wire *wire, uint64_t *value);
void wire_u32(struct wire *wire, uint32_t *value);
void wire_u8(struct wire *wire, uint8_t *value);
void wire_bool(struct wire *wire, bool *value);
void wire_i64(struct wire *wire, int64_t *value);
void wire_str(struct wire *wire, struct str *value);
void wire_raw(struct wire *wire, void *bytes, size_t count);

/* As the difference from *before, which becomes *value: for what hardly changes from one to the next. */
void wire_next(struct wire *wire, uint64_t *value, uint64_t *before);

/* An index below `limit`. */
void wire_index(struct wire *wire, uint32_t *value, size_t limit);

/* How many items a list has; when reading it then has so many, of zeros. Each is to take a byte at least.
 * Returns the items. */
void *wire_list(struct wire *wire, struct vec *vec, size_t item_bytes);

#define WIRE_EACH(wire, type, name, vec)                                                                     \
    for (type *name = wire_list((wire), (vec), sizeof(type)),                                                \
              *name##_end = name ? name + (vec)->count : name;                                               \
         name != name##_end; name++)

#endif
