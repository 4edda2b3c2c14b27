/* What processes printed: the last TEXT_KEPT_BYTES of each stream, in rooms that are used again. */
#include "model/facts/facts_lists.h"

static int text_order(const void *one, const void *other)
{
    const struct text_piece *a = one, *b = other;
    LESS(a->ticks, b->ticks);
    LESS(a->tid, b->tid);
    LESS(a->sequence, b->sequence);
    LESS(a->stream, b->stream);
    LESS(a->flags, b->flags);
    return str_compare(a->text, b->text);
}

/* Sizes of text room: 64, 128 ... 8192 bytes. */
static unsigned text_class(size_t bytes)
{
    unsigned class = 0;
    while (class < 7 && (size_t)64 << class < bytes)
        class ++;
    return class;
}

#define LARGEST_TEXT_ROOM 8192

static struct str text_keep(struct facts *facts, struct str text)
{
    if (text.len > LARGEST_TEXT_ROOM)
        return str_copy(facts->arena, text);
    unsigned class = text_class(text.len);
    struct vec *spare = &facts->spare_text[class];
    size_t room = (size_t)64 << class;
    char *copy = spare->count ? *VEC_AT(spare, char *, --spare->count) : arena_alloc(facts->arena, room);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return (struct str){copy, text.len};
}

static void text_give_up(struct facts *facts, struct str text)
{
    if (text.len <= LARGEST_TEXT_ROOM)
        *VEC_PUSH(facts->arena, &facts->spare_text[text_class(text.len)], char *) =
            (char *)(uintptr_t)text.ptr;
}

static uint8_t stream_of(const struct text_piece *piece) { return piece->stream < 3 ? piece->stream : 0; }

/* Marks from the end backwards what belongs to the last `bound` bytes of its stream; the rest goes. */
static void text_keep_last(struct facts *facts, struct recorded_process *p, uint64_t bound)
{
    uint64_t bytes[3] = {0};
    size_t kept = p->text.count;
    for (size_t i = p->text.count; i-- > 0;) {
        struct text_piece *piece = VEC_AT(&p->text, struct text_piece, i);
        bytes[stream_of(piece)] += piece->text.len;
        if (bytes[stream_of(piece)] <= bound)
            *VEC_AT(&p->text, struct text_piece, --kept) = *piece;
        else
            text_give_up(facts, piece->text);
    }
    p->text.count -= kept;
    memmove(p->text.items, VEC_AT(&p->text, struct text_piece, kept),
            p->text.count * sizeof(struct text_piece));
    for (unsigned s = 0; s < 3; s++)
        p->text_bytes[s] = 0;
    VEC_EACH (struct text_piece, piece, &p->text)
        p->text_bytes[stream_of(piece)] += piece->text.len;
}

void facts_trim_text(struct facts *facts, struct recorded_process *p)
{
    for (unsigned s = 0; s < 3; s++)
        if (p->text_bytes[s] > TEXT_KEPT_BYTES) {
            text_keep_last(facts, p, TEXT_KEPT_BYTES);
            return;
        }
}

/* Lets a stream grow to twice its bound before it is cut: facts_settle cuts exactly. */
void facts_add_text(struct facts *facts, uint32_t process, struct text_piece piece)
{
    struct recorded_process *p = facts_process_at(facts, process);
    size_t at = vec_lower(&p->text, sizeof piece, &piece, text_order);
    piece.text = text_keep(facts, piece.text);
    *(struct text_piece *)vec_insert(facts->arena, &p->text, sizeof piece, at) = piece;
    uint64_t *bytes = &p->text_bytes[stream_of(&piece)];
    if ((*bytes += piece.text.len) > 2 * TEXT_KEPT_BYTES)
        facts_trim_text(facts, p);
}
