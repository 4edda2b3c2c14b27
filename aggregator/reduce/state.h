/* What the parts of reduce know of the chunk in hand; no other room includes it. */
#ifndef REDUCE_STATE_H
#define REDUCE_STATE_H

#include "model/cursor.h"
#include "reduce/reduce.h"
#include "reduce/slots.h"

struct reducer {
    struct facts *facts;
    struct arena *arena; /* of the tables below */
    const struct chunk *chunk;
    struct cursor cursor;
    uint32_t host, video, process, tid;
    uint32_t owner;         /* the process that the chunk belongs to */
    uint64_t first, last;   /* units: of the events of the present process */
    uint64_t events;        /* of the present process, since the last flush */
    bool image_began;       /* and no sample since */
    bool wire;              /* the chunk is a claude program's: its exchanges are kept */
    struct slots *fds;      /* of the present process */
    struct slots tables[2]; /* the owner's, a vfork child's */
    struct vec turns;       /* of struct turn */
    struct vec functions;   /* of struct span_name: what span_define said in this chunk */
};

/* What a socket of a claude program sent and then received; times are ticks, last 0: nothing yet. */
struct turn {
    struct str socket;
    uint64_t first, last, bytes[2], offset;
};

/* A function whose spans the chunk tells. */
struct span_name {
    uint64_t name;
    struct str function;
};

/* Keeps a fact; of the given one kind and fields count, the rest is the event's. */
void reduce_keep(struct reducer *r, const struct record *record, struct fact fact);
#define KEEP(r, record, fact_kind, name, ...)                                                                \
    reduce_keep((r), (record), (struct fact){.kind = (fact_kind), .name = {__VA_ARGS__}})

/* Adds span_define, span_begin or exception_raise. */
void reduce_span(struct reducer *r, const struct record *record);

/* Adds a decoded event to the facts. */
void reduce_record(struct reducer *r, const struct record *record);

/* Adds one of the api_ events, or prompt_seen. */
void reduce_api(struct reducer *r, const struct record *record);

/* Hands one slot's sums to the facts and empties them; the meaning stays. */
void reduce_flush_slot(struct reducer *r, struct slot *slot);

/* Of a claude program: bytes went through a descriptor. */
void reduce_socket_turn(struct reducer *r, const struct record *record, unsigned direction);
void reduce_flush_socket_turns(struct reducer *r);

/* Hands everything gathered to the facts. */
void reduce_flush(struct reducer *r);

static inline uint64_t reduce_ticks(const struct reducer *r, uint64_t units)
{
    return units << r->cursor.shift;
}

#endif
