/* The table of facts' shapes, from facts.def, and what serves facts of every kind by it. */
#include "model/facts/fact.h"

#define VL_U(name)               +1
#define VL_I(name)               +1
#define VL_S(name)               +1
#define FACT_EVENT(kind, event)  /* record_shapes has it */
#define FACT(kind, name, fields) enum { fields_of_##name = 0 fields };
#include "model/facts/facts.def"
#undef FACT
#undef VL_U
#undef VL_I
#undef VL_S

#define VL_U(name) {#name, FIELD_UNSIGNED},
#define VL_I(name) {#name, FIELD_SIGNED},
#define VL_S(name) {#name, FIELD_STRING},
#define FACT(kind, name, fields)                                                                             \
    static const struct shape shape_of_##name = {#name, "", "", fields_of_##name, {fields}};
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
#undef VL_U
#undef VL_I
#undef VL_S

/* What a row needs of a fact's room. */
#define VL_U(name)    +1
#define VL_I(name)    +1
#define VL_S(name)    +100
#define VL_ARGV(name) +100
#define FITS(name, fields)                                                                                   \
    _Static_assert((0 fields) / 100 <= FACT_STRINGS && (0 fields) % 100 <= FACT_NUMBERS,                     \
                   #name " has more fields than a fact has room for");
#define VL_EVENT(name, code, kind, call, fields) enum { room_of_##name = 0 fields };
#include "vl/events.def"
#undef VL_EVENT
#define FACT_EVENT(kind, event)  FITS(event, +room_of_##event)
#define FACT(kind, name, fields) FITS(name, fields)
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
#undef VL_U
#undef VL_I
#undef VL_S
#undef VL_ARGV
_Static_assert(sizeof(struct fact) == offsetof(struct fact, cells) + sizeof((struct fact){0}.cells),
               "a row of facts.def has more fields than there are cells");

const struct shape *fact_shape(enum fact_kind kind)
{
    static const struct shape *const shapes[FACT_KINDS] = {
#define FACT_EVENT(kind, event)  [FACT_##kind] = &record_shapes[VL_##event],
#define FACT(kind, name, fields) [FACT_##kind] = &shape_of_##name,
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
    };
    return shapes[kind];
}

struct fact_fields fact_fields(struct fact *fact)
{
    const struct shape *shape = fact_shape(fact->kind);
    struct fact_fields fields = {0};
    uint64_t *cell = fact->cells;
    for (unsigned i = 0, strings = 0, numbers = 0; i < shape->count; i++) {
        enum field_type type = shape->fields[i].type;
        if (type == FIELD_STRING || type == FIELD_WORDS) {
            fields.strings[strings++] = (struct str *)cell;
            cell += sizeof(struct str) / sizeof *cell;
        } else {
            fields.numbers[numbers++] = cell++;
        }
    }
    return fields;
}

int fact_compare(const struct fact *one, const struct fact *other)
{
    struct fact a = *one, b = *other;
    struct fact_fields left = fact_fields(&a), right = fact_fields(&b);
    for (unsigned i = 0; i < FACT_NUMBERS && left.numbers[i]; i++)
        if (*left.numbers[i] != *right.numbers[i])
            return *left.numbers[i] < *right.numbers[i] ? -1 : 1;
    for (unsigned i = 0; i < FACT_STRINGS && left.strings[i]; i++) {
        int order = str_compare(*left.strings[i], *right.strings[i]);
        if (order)
            return order;
    }
    return 0;
}

bool fact_is_of_path(const struct fact *fact)
{
    return fact->kind == FACT_RENAME || fact->kind == FACT_REMOVE || fact->kind == FACT_DIR_MAKE ||
           fact->kind == FACT_CREATE_TEMP || fact->kind == FACT_OPEN_WRITE;
}

struct str fact_path(const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_RENAME:
        return fact->file_rename.to;
    case FACT_REMOVE:
        return fact->removal.path;
    case FACT_DIR_MAKE:
        return fact->dir_make.path;
    case FACT_CREATE_TEMP:
        return fact->temp_file.path;
    case FACT_OPEN_WRITE:
        return fact->write_open.path;
    default:
        return STR("");
    }
}
