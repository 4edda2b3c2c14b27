/* What a claude program's sockets did, exchange by exchange: what is sent after something was received begins
 * a new one. */
#include "reduce/state.h"

static struct turn *turn_of(struct reducer *r, struct str socket)
{
    VEC_EACH (struct turn, turn, &r->turns)
        if (str_equal(turn->socket, socket))
            return turn;
    struct turn *turn = VEC_PUSH(r->arena, &r->turns, struct turn);
    *turn = (struct turn){.socket = socket};
    return turn;
}

static void keep(struct reducer *r, struct turn *turn)
{
    struct fact fact = {
        .ticks = turn->last,
        .took = turn->last - turn->first,
        .sequence = (uint64_t)r->chunk->header->sequence << 32 | turn->offset,
        .process = r->process,
        .tid = r->tid,
        .video = r->video,
        .kind = FACT_WIRE,
        .exchange = {.socket = turn->socket,
                     .first_ticks = turn->first,
                     .last_ticks = turn->last,
                     .sent_bytes = turn->bytes[DIRECTION_WRITE],
                     .received_bytes = turn->bytes[DIRECTION_READ]},
    };
    if (turn->last)
        facts_add_event(r->facts, fact);
    *turn = (struct turn){.socket = turn->socket};
}

void reduce_socket_turn(struct reducer *r, const struct record *record, unsigned direction)
{
    const struct slot *slot = slots_get_fast(r->fds, record->cells[0]);
    uint64_t ticks = record->ticks, bytes = record->cells[1];
    if (slot->type != VL_FD_SOCKET || !slot->path.len || r->process != r->owner || bytes == 0)
        return;
    struct turn *turn = turn_of(r, slot->path);
    if (direction == DIRECTION_WRITE && turn->bytes[DIRECTION_READ])
        keep(r, turn);
    if (!turn->last) {
        turn->first = ticks - record->took;
        turn->offset = record->offset;
    }
    turn->last = ticks;
    turn->bytes[direction] += bytes;
}

void reduce_flush_socket_turns(struct reducer *r)
{
    VEC_EACH (struct turn, turn, &r->turns)
        keep(r, turn);
    r->turns.count = 0;
}
