/* The table of shapes, from events.def. */
#include "model/record.h"

#define VL_U(name)    +1
#define VL_I(name)    +1
#define VL_S(name)    +1
#define VL_ARGV(name) +1
#define VL_EVENT(name, code, kind, call, fields)                                                             \
    _Static_assert((0 fields) <= FIELDS_MAX, #name " has more fields than a shape holds");                   \
    _Static_assert(sizeof(struct event_##name) <= sizeof((struct record){0}.cells), #name " does not fit");  \
    enum { fields_of_##name = 0 fields };
#include "vl/events.def"
#undef VL_EVENT
#undef VL_U
#undef VL_I
#undef VL_S
#undef VL_ARGV

#define VL_U(name)                               {#name, FIELD_UNSIGNED},
#define VL_I(name)                               {#name, FIELD_SIGNED},
#define VL_S(name)                               {#name, FIELD_STRING},
#define VL_ARGV(name)                            {#name, FIELD_WORDS},
#define VL_EVENT(name, code, kind, call, fields) [code] = {#name, kind, call, fields_of_##name, {fields}},
const struct shape record_shapes[256] = {
#include "vl/events.def"
};
