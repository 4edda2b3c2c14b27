/* libFuzzer: any bytes as lines of a transcript of the claude program, or as a price table. */
#include "price/cost.h"
#include "read/transcripts/transcript_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_lines(struct arena *arena, struct str text)
{
    struct transcript_store store = {.arena = arena};
    struct transcript_wish wish = {.host = STR("box"), .from_ns = INT64_MIN, .to_ns = INT64_MAX};
    *VEC_PUSH(arena, &wish.keys, uint64_t) = 42;
    for (struct str line; str_next(&text, '\n', &line);)
        transcript_line(&store, line, &wish);
    struct transcripts all = transcript_store_all(&store);
    struct prices *prices = prices_builtin(arena);
    VEC_EACH (const struct session_row, row, &all.rows) {
        struct call call = {.start_ns = row->at_ns, .tokens = row->tokens, .model_used = row->model};
        cost_of(prices, &call);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct err err = {0};
    struct str text = {(const char *)data + 1, size ? size - 1 : 0};
    if (size && *data % 2)
        read_lines(arena, text);
    else if (size)
        prices_parse(prices_builtin(arena), STR("t"), text, true, &err);
    arena_free(arena);
    return 0;
}
