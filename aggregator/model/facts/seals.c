/* Keys under the keys of others are opened one after another, until no more opens. */
#include "model/facts/seals.h"

#include "base/map.h"
#include "vl/seal.h"

#include <stdlib.h>

struct key {
    uint32_t host;
    bool shut, known;
    uint64_t pipe;
    uint32_t words[VL_SEAL_WORDS];
};

struct seals {
    struct arena *arena;
    struct vec keys; /* of struct key, one a pipe */
    struct map index;
};

static struct key *key_find(const struct seals *seals, uint32_t host, uint64_t pipe)
{
    MAP_EACH (i, &seals->index, map_mix(host, pipe)) {
        struct key *key = VEC_AT(&seals->keys, struct key, i);
        if (key->host == host && key->pipe == pipe)
            return key;
    }
    return NULL;
}

static struct key *key_of(struct seals *seals, uint32_t host, uint64_t pipe)
{
    struct key *key = key_find(seals, host, pipe);
    if (key)
        return key;
    map_add(seals->arena, &seals->index, map_mix(host, pipe), (uint32_t)seals->keys.count);
    key = VEC_PUSH(seals->arena, &seals->keys, struct key);
    *key = (struct key){.host = host, .pipe = pipe};
    return key;
}

/* The next pipe of a list, each hexadecimal with a comma behind it; 0: no more. */
static uint64_t next_pipe(struct str *list)
{
    uint64_t pipe = 0;
    size_t i = 0;
    for (; i < list->len && list->ptr[i] != ','; i++) {
        char c = list->ptr[i];
        pipe = pipe << 4 | (uint64_t)(c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    size_t used = i < list->len ? i + 1 : i;
    *list = (struct str){list->ptr + used, list->len - used};
    return pipe;
}

static bool usable(const struct key *key) { return key && key->known && !key->shut; }

/* True: the key became known by this fact. */
static bool learn(struct seals *seals, const struct fact *fact, uint32_t host)
{
    uint32_t words[VL_SEAL_WORDS];
    struct str list = fact->seal_open.under;
    memcpy(words, &fact->seal_open.key0, sizeof words);
    if (key_of(seals, host, fact->seal_open.pipe)->known)
        return false;
    for (uint64_t pipe; (pipe = next_pipe(&list));) {
        const struct key *under = key_find(seals, host, pipe);
        if (!usable(under))
            return false;
        vl_seal_turn_over(under->words, fact->seal_open.writer, fact->seal_open.position, words, words,
                          sizeof words);
    }
    struct key *key = key_of(seals, host, fact->seal_open.pipe);
    memcpy(key->words, words, sizeof key->words);
    return key->known = true;
}

struct seals *seals_find(struct arena *arena, const struct facts *facts)
{
    struct seals *seals = ARENA_NEW(arena, struct seals);
    struct vec told = {0}; /* of const struct fact * */
    *seals = (struct seals){.arena = arena};
    VEC_EACH (const struct fact, fact, &facts->events) {
        uint32_t host = fact->kind == FACT_SEAL || fact->kind == FACT_SHUT
                            ? facts_process_at(facts, fact->process)->host
                            : 0;
        if (fact->kind == FACT_SEAL)
            *VEC_PUSH(arena, &told, const struct fact *) = fact;
        else if (fact->kind == FACT_SHUT)
            key_of(seals, host, fact->seal_shut.pipe)->shut = true;
    }
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < told.count; i++) {
            const struct fact *fact = *VEC_AT(&told, const struct fact *, i);
            more |= learn(seals, fact, facts_process_at(facts, fact->process)->host);
        }
    }
    return seals;
}

bool seals_open(struct arena *arena, const struct seals *seals, uint32_t host, struct str sealed,
                struct str *out)
{
    struct vl_seal_head head;
    if (!seals || sealed.len < sizeof head)
        return false;
    memcpy(&head, sealed.ptr, sizeof head);
    const struct key *key = key_find(seals, host, head.pipe);
    if (!usable(key))
        return false;
    char *text = arena_alloc(arena, sealed.len);
    *out = (struct str){text, sealed.len - sizeof head};
    vl_seal_turn_over(key->words, head.writer, head.position, sealed.ptr + sizeof head, text, out->len);
    return true;
}

struct str seals_open_message(struct arena *arena, const struct seals *seals, uint32_t host, struct str line)
{
    const char *end = memchr(line.ptr, 0, line.len);
    struct str type = {line.ptr, end ? (size_t)(end - line.ptr) : line.len}, message;
    if (!end)
        return line;
    struct str sealed = {end + 1, line.len - type.len - 1};
    if (!seals_open(arena, seals, host, sealed, &message) || !message.len)
        return type;
    return str_format(arena, STR_FMT ": " STR_FMT, STR_ARG(type), STR_ARG(message));
}
