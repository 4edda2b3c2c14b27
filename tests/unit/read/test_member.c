/* Packed members give back the very bytes, whatever those are, and take little room where times are noisy. */
#include "spool_writer.h"
#include "unit.h"

#include "read/packed/member.h"
#include "read/packed/pack_columns.h"

#include <stdlib.h>
#include <zlib.h>

/* Length of the packed member, after it came back as it was. */
static size_t pack_and_back(const uint8_t *bytes, size_t count)
{
    uint8_t *member = malloc(member_bound()), *back = malloc(MEMBER_BYTES);
    uint32_t length, plain;
    size_t packed = member_pack(bytes, count, member);
    ck_assert(member_begins(member, packed < MEMBER_HEADER ? MEMBER_HEADER : packed, &length, &plain));
    ck_assert_uint_eq(length, packed);
    ck_assert_uint_eq(plain, count);
    ck_assert(member_unpack(member, length, back, plain));
    ck_assert_mem_eq(back, bytes, count);
    free(member);
    free(back);
    return packed;
}

/* Chunks of events whose times vary widely, as on a busy machine; *events: how many. */
static void noisy(struct writer *w, unsigned chunks, unsigned long *events)
{
    uint64_t seed = 3;
    *events = 0;
    for (unsigned c = 0; c < chunks; c++) {
        writer_begin(w, (struct vl_chunk){.pid = 7, .tid = 7, .sequence = c, .chunk_bytes = 65536});
        while (w->used < 65000) {
            uint64_t took = 60 + (unit_random(&seed) & 1023);
            uint64_t since = took + 10 + (unit_random(&seed) & unit_random(&seed) & 63);
            if (unit_random(&seed) % 3)
                WRITE(w, file_write, since, took, .fd = 3, .bytes = 64);
            else
                WRITE(w, file_read, since, took, .fd = 4, .bytes = 4096);
            ++*events;
        }
        writer_finish(w);
    }
}

START_TEST(noisy_times_take_two_and_a_half_bytes_an_event)
{
    struct writer w = {0};
    unsigned long events;
    noisy(&w, 12, &events);
    uLongf plain = compressBound(w.size);
    uint8_t *out = malloc(plain);
    ck_assert_int_eq(compress2(out, &plain, w.bytes, w.size, 6), Z_OK);
    ck_assert_msg((double)plain > 3.2 * (double)events, "%lu bytes of %lu events are not noisy", plain,
                  events);
    size_t packed = pack_and_back(w.bytes, w.size);
    ck_assert_msg((double)packed <= 2.5 * (double)events, "%zu bytes for %lu events", packed, events);
    free(out);
    writer_free(&w);
}
END_TEST

START_TEST(any_bytes_come_back)
{
    uint64_t seed = 9;
    uint8_t *bytes = calloc(1, MEMBER_BYTES);
    for (unsigned round = 0; round < 12; round++) {
        size_t count = round == 0 ? MEMBER_BYTES : 1 + unit_random(&seed) % (round % 2 ? 9000 : 200000);
        for (size_t i = 0; i < count; i++)
            bytes[i] = (uint8_t)unit_random(&seed);
        pack_and_back(bytes, count);
    }
    memset(bytes, 0, MEMBER_BYTES);
    ck_assert_uint_lt(pack_and_back(bytes, MEMBER_BYTES), 2000);
    free(bytes);
}
END_TEST

/* Bytes that look like chunks and are none of the recorder's: padded and endless numbers, sizes that lie. */
START_TEST(chunks_that_are_wrong_come_back)
{
    struct writer w = {0};
    unsigned long events;
    uint64_t seed = 5;
    noisy(&w, 1, &events);
    writer_begin(&w, (struct vl_chunk){.pid = 8});
    write_raw(&w,
              "\xa1\x80\x00\x81\x00\x03\x40\x05\x85\x00hello\xa1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
              28);
    writer_pad(&w, 2);
    writer_ring(&w, (struct vl_chunk){.pid = 9}, STR("the end of what it said"));
    for (unsigned round = 0; round < 300; round++) {
        size_t at = round < 100 ? round * 2 % 168 : unit_random(&seed) % w.size, was = w.bytes[at];
        w.bytes[at] ^= (uint8_t)(1 + unit_random(&seed) % 255);
        pack_and_back(w.bytes, w.size);
        w.bytes[at] = (uint8_t)was;
    }
    for (unsigned round = 0; round < 60; round++)
        pack_and_back(w.bytes, 1 + unit_random(&seed) % w.size);
    writer_free(&w);
}
END_TEST

START_TEST(a_wrong_byte_is_noticed)
{
    struct writer w = {0};
    unsigned long events;
    uint64_t seed = 5;
    noisy(&w, 1, &events);
    uint8_t *member = malloc(member_bound()), *back = malloc(MEMBER_BYTES);
    size_t length = member_pack(w.bytes, w.size, member);
    for (unsigned round = 0; round < 1000; round++) {
        size_t at = 12 + unit_random(&seed) % (length - 12);
        uint8_t was = member[at];
        member[at] ^= (uint8_t)(1 + unit_random(&seed) % 255);
        bool good = member_unpack(member, (uint32_t)length, back, (uint32_t)w.size);
        ck_assert(!good || memcmp(back, w.bytes, w.size) == 0);
        member[at] = was;
    }
    for (size_t cut = MEMBER_HEADER; cut < length; cut += 97)
        ck_assert(!member_unpack(member, (uint32_t)cut, back, (uint32_t)w.size));
    free(member);
    free(back);
    writer_free(&w);
}
END_TEST

START_TEST(members_end_where_chunks_do)
{
    struct writer w = {0};
    unsigned long events;
    noisy(&w, 3, &events);
    ck_assert_uint_eq(pack_columns_cut(w.bytes, w.size), w.size);
    ck_assert_uint_eq(pack_columns_cut(w.bytes, w.size - 1), 2 * 65536);
    ck_assert_uint_eq(pack_columns_cut(w.bytes, 65536 + 5), 65536 + 5);
    ck_assert_uint_eq(pack_columns_cut(w.bytes, 5000), 5000);
    ck_assert_uint_eq(pack_columns_cut((const uint8_t *)"x", 1), 1);
    writer_free(&w);
}
END_TEST

UNIT_TESTS("read: packed members", noisy_times_take_two_and_a_half_bytes_an_event, any_bytes_come_back,
           chunks_that_are_wrong_come_back, a_wrong_byte_is_noticed, members_end_where_chunks_do)
