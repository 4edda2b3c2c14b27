/* Events, written by their fields' names and decoded again. */
#include "spool_writer.h"
#include "unit.h"

#include "model/cursor.h"

#include <stdlib.h>

static struct chunk chunk_of(const struct writer *w, bool whole)
{
    const uint8_t *bytes = w->bytes + w->chunk;
    const struct vl_chunk *h = (const struct vl_chunk *)(const void *)bytes;
    return (struct chunk){.header = h, .bytes = bytes, .limit = whole ? h->chunk_bytes : (uint32_t)w->used};
}

static void fill_by_chance(struct record *record, const struct shape *shape, uint64_t *seed)
{
    static const char bytes[300] = "any\0bytes\xff";
    uint64_t *cell = record->cells;
    for (unsigned i = 0; i < shape->count; i++) {
        uint64_t number = unit_random(seed) >> (unit_random(seed) % 64);
        struct str s = {bytes, number % sizeof bytes};
        bool string = shape->fields[i].type == FIELD_STRING || shape->fields[i].type == FIELD_WORDS;
        memcpy(cell, string ? (void *)&s : &number, string ? sizeof s : sizeof number);
        cell += string ? sizeof s / sizeof *cell : 1;
    }
}

static void compare(const struct record *a, const struct record *b, const struct shape *shape)
{
    const uint64_t *x = a->cells, *y = b->cells;
    for (unsigned i = 0; i < shape->count; i++) {
        struct str s, t;
        if (shape->fields[i].type == FIELD_UNSIGNED || shape->fields[i].type == FIELD_SIGNED) {
            ck_assert_msg(*x++ == *y++, "%s.%s", shape->name, shape->fields[i].name);
            continue;
        }
        memcpy(&s, x, sizeof s);
        memcpy(&t, y, sizeof t);
        ck_assert_msg(str_equal(s, t), "%s.%s", shape->name, shape->fields[i].name);
        x += sizeof s / sizeof *x;
        y += sizeof s / sizeof *y;
    }
}

START_TEST(every_event_of_the_list_comes_back_as_it_was_written)
{
    uint64_t seed = 7;
    for (int round = 0; round < 50; round++)
        for (unsigned code = 1; code < 256; code++) {
            const struct shape *shape = &record_shapes[code];
            struct writer w = {0};
            struct record in = {0}, out;
            struct cursor cursor;
            if (!shape->name)
                continue;
            fill_by_chance(&in, shape, &seed);
            uint64_t since = unit_random(&seed) >> 40, took = unit_random(&seed) >> 40;
            writer_begin(&w, (struct vl_chunk){.ticks = 1 << 20, .tick_shift = 4});
            write_event(&w, code, since, took, in.cells);
            struct chunk chunk = chunk_of(&w, true);
            cursor_start(&cursor, &chunk);
            ck_assert_int_eq(cursor_next(&cursor, &out), CURSOR_EVENT);
            ck_assert_uint_eq(out.code, code);
            ck_assert_uint_eq(out.ticks, (1u << 20) + (since << 4));
            ck_assert_uint_eq(out.took, took << 4);
            compare(&in, &out, shape);
            ck_assert_int_eq(cursor_next(&cursor, &out), CURSOR_END);
            writer_free(&w);
        }
}
END_TEST

START_TEST(the_compact_code_says_how_many_fields_follow)
{
    for (unsigned code = VL_COMPACT; code < 256; code++)
        if (record_shapes[code].name)
            ck_assert_uint_eq(record_shapes[code].count + 2u, vl_compact_varints((uint8_t)code));
}
END_TEST

START_TEST(unknown_events_are_stepped_over_and_their_time_counts)
{
    struct writer w = {0};
    struct record record;
    struct cursor cursor;
    static const uint8_t unknown_long[] = {0x7e, 6, 5, 1, 9, 9, 9, 9}, unknown_compact[] = {0xdf, 3, 1, 8, 8};
    writer_begin(&w, (struct vl_chunk){.ticks = 1000});
    write_raw(&w, unknown_long, sizeof unknown_long);
    write_raw(&w, unknown_compact, sizeof unknown_compact);
    WRITE(&w, file_close, 2, 0, .fd = 4);
    struct chunk chunk = chunk_of(&w, true);
    cursor_start(&cursor, &chunk);
    ck_assert_int_eq(cursor_next(&cursor, &record), CURSOR_EVENT);
    ck_assert_uint_eq(record.code, VL_file_close);
    ck_assert_uint_eq(record.ticks, 1000 + 5 + 3 + 2);
    ck_assert_uint_eq(cursor.skipped, 2);
    writer_free(&w);
}
END_TEST

START_TEST(fields_of_a_later_version_are_ignored_and_missing_ones_are_zero)
{
    struct writer w = {0};
    struct record record;
    struct cursor cursor;
    /* process_exit with one field more; process_exit without status */
    static const uint8_t longer[] = {VL_process_exit, 5, 1, 0, 1, 6, 99},
                         shorter[] = {VL_process_exit, 3, 1, 0, 1};
    writer_begin(&w, (struct vl_chunk){0});
    write_raw(&w, longer, sizeof longer);
    write_raw(&w, shorter, sizeof shorter);
    struct chunk chunk = chunk_of(&w, true);
    cursor_start(&cursor, &chunk);
    ck_assert_int_eq(cursor_next(&cursor, &record), CURSOR_EVENT);
    ck_assert_int_eq(record.process_exit.status, 3);
    ck_assert_int_eq(cursor_next(&cursor, &record), CURSOR_EVENT);
    ck_assert_int_eq(record.process_exit.status, 0);
    writer_free(&w);
}
END_TEST

START_TEST(an_event_that_runs_past_the_end_is_broken_at_every_length)
{
    struct writer w = {0};
    struct record record;
    struct cursor cursor;
    writer_begin(&w, (struct vl_chunk){0});
    size_t from = w.used;
    WRITE(&w, file_open, 300, 20, .fd = 3, .flags = 577, .mode = 438, .path = STR("/tmp/some/file"));
    size_t until = w.used;
    WRITE(&w, file_write, 1, 1, .fd = 3, .bytes = 70000);
    for (size_t cut = from + 1; cut < w.used; cut++) {
        struct chunk chunk = chunk_of(&w, false);
        chunk.limit = (uint32_t)cut;
        cursor_start(&cursor, &chunk);
        if (cut >= until)
            ck_assert_int_eq(cursor_next(&cursor, &record), CURSOR_EVENT);
        ck_assert_int_eq(cursor_next(&cursor, &record), cut == until ? CURSOR_END : CURSOR_BROKEN);
        ck_assert_uint_eq((size_t)(cursor.at - cursor.begin), cut >= until ? until : from);
    }
    writer_free(&w);
}
END_TEST

UNIT_TESTS("model: records", every_event_of_the_list_comes_back_as_it_was_written,
           the_compact_code_says_how_many_fields_follow,
           unknown_events_are_stepped_over_and_their_time_counts,
           fields_of_a_later_version_are_ignored_and_missing_ones_are_zero,
           an_event_that_runs_past_the_end_is_broken_at_every_length)
