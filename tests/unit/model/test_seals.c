/* Keys of pipes: told plainly, under others, in any order, or shut. */
#include "unit.h"

#include "model/facts/seals.h"
#include "vl/seal.h"

#include <stdlib.h>

#define TEXT "what a child printed"

static const uint8_t boot[16] = {1};
static uint32_t of_pipe[5][VL_SEAL_WORDS];

static struct facts *start(uint32_t *process)
{
    struct facts *facts = facts_new();
    *process = facts_process(facts, facts_host(facts, STR("host"), boot, 1), 7, 1);
    for (uint32_t i = 0; i < 5; i++)
        for (uint32_t k = 0; k < VL_SEAL_WORDS; k++)
            of_pipe[i][k] = i * 1000003 + k * 7919;
    return facts;
}

static void tell(struct facts *facts, uint32_t process, uint32_t pipe, const char *list,
                 const uint32_t *under)
{
    uint32_t key[VL_SEAL_WORDS];
    struct fact fact = {
        .process = process,
        .kind = FACT_SEAL,
        .seal_open = {
            .under = str_of(list), .pipe = pipe, .writer = 99, .position = VL_SEAL_KEYS + pipe * 64}};
    memcpy(key, of_pipe[pipe], sizeof key);
    for (; under && *under; under++)
        vl_seal_turn_over(of_pipe[*under], 99, VL_SEAL_KEYS + pipe * 64, key, key, sizeof key);
    memcpy(&fact.seal_open.key0, key, sizeof key);
    facts_add_event(facts, fact);
}

static struct str sealed(struct facts *facts, uint64_t pipe)
{
    struct vl_seal_head head = {pipe, 5, 61}; /* across two blocks */
    char *out = arena_alloc(facts->arena, sizeof head + strlen(TEXT));
    memcpy(out, &head, sizeof head);
    vl_seal_turn_over(of_pipe[pipe], 5, 61, TEXT, out + sizeof head, strlen(TEXT));
    return (struct str){out, sizeof head + strlen(TEXT)};
}

static bool opens(struct facts *facts, uint32_t host, uint64_t pipe)
{
    struct str out;
    bool open = seals_open(facts->arena, seals_find(facts->arena, facts), host, sealed(facts, pipe), &out);
    ck_assert(!open || str_equal(out, STR(TEXT)));
    return open;
}

/* The first block of ChaCha with eight rounds, of a key and a nonce of zeros. */
START_TEST(the_cipher_is_the_known_one)
{
    static const uint8_t known[16] = {0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6,
                                      0x7f, 0x5b, 0xb8, 0xe8, 0x1f, 0x09, 0xa5, 0xa1};
    const uint32_t key[VL_SEAL_WORDS] = {0};
    uint8_t block[64];
    vl_seal_block(key, 0, 0, block);
    ck_assert_mem_eq(block, known, sizeof known);
}
END_TEST

START_TEST(keys_under_others_open_with_all_of_them)
{
    uint32_t process;
    struct facts *facts = start(&process);
    tell(facts, process, 1, "2,3,", (const uint32_t[]){2, 3, 0});
    tell(facts, process, 2, "4,", (const uint32_t[]){4, 0});
    ck_assert(!opens(facts, 0, 1));
    tell(facts, process, 4, "", NULL);
    ck_assert(opens(facts, 0, 4) && opens(facts, 0, 2) && !opens(facts, 0, 1));
    tell(facts, process, 3, "", NULL);
    ck_assert(opens(facts, 0, 1));
    ck_assert(!opens(facts, 1, 1)); /* the same number on another host */
    facts_free(facts);
}
END_TEST

START_TEST(what_a_claude_program_reads_stays_sealed)
{
    uint32_t process;
    struct facts *facts = start(&process);
    tell(facts, process, 1, "2,", (const uint32_t[]){2, 0});
    tell(facts, process, 2, "", NULL);
    ck_assert(opens(facts, 0, 1));
    facts_add_event(facts, (struct fact){.process = process, .kind = FACT_SHUT, .seal_shut.pipe = 2});
    ck_assert(!opens(facts, 0, 2) && !opens(facts, 0, 1));
    facts_free(facts);
}
END_TEST

START_TEST(a_message_without_its_key_is_the_type_alone)
{
    uint32_t process;
    struct facts *facts = start(&process);
    struct str message = sealed(facts, 1);
    char *line = arena_alloc(facts->arena, 11 + message.len);
    memcpy(line, "ValueError", 11);
    memcpy(line + 11, message.ptr, message.len);
    struct str whole = {line, 11 + message.len};
    ck_assert(str_equal(seals_open_message(facts->arena, seals_find(facts->arena, facts), 0, whole),
                        STR("ValueError")));
    tell(facts, process, 1, "", NULL);
    ck_assert(str_equal(seals_open_message(facts->arena, seals_find(facts->arena, facts), 0, whole),
                        STR("ValueError: " TEXT)));
    facts_free(facts);
}
END_TEST

START_TEST(what_is_cut_off_opens_nothing)
{
    uint32_t process;
    struct str out, cut = {"1234567890", 10};
    struct facts *facts = start(&process);
    tell(facts, process, 1, "", NULL);
    ck_assert(!seals_open(facts->arena, seals_find(facts->arena, facts), 0, cut, &out));
    ck_assert(!seals_open(facts->arena, NULL, 0, sealed(facts, 1), &out));
    facts_free(facts);
}
END_TEST

UNIT_TESTS("model: seals", the_cipher_is_the_known_one, keys_under_others_open_with_all_of_them,
           what_a_claude_program_reads_stays_sealed, a_message_without_its_key_is_the_type_alone,
           what_is_cut_off_opens_nothing)
