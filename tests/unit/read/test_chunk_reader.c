/* Chunks out of files in any state. */
#include "facts_text.h"
#include "spool_writer.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Three chunks, each with one file of its own: 1 finished, 2 finished, 3 open. */
static void write_three(struct writer *w)
{
    static const char *const paths[] = {"/one", "/two", "/three"};
    for (unsigned i = 0; i < 3; i++) {
        writer_begin(w, (struct vl_chunk){.ticks = 1000 * (i + 1), .sequence = i});
        WRITE(w, file_open, 10, 5, .fd = 3, .path = str_of(paths[i]));
        WRITE(w, file_read, 10, 5, .fd = 3, .bytes = 100 + i);
        if (i < 2)
            writer_finish(w);
    }
}

static bool has_path(const struct facts *facts, const char *path)
{
    VEC_EACH (struct file_use, use, &facts->files)
        if (str_equal(use->path, str_of(path)))
            return true;
    return false;
}

/* Reads what the writer holds after `harm` was done to it; which of the three files are known, as bits. */
static unsigned seen_after(const struct writer *w, size_t *damages)
{
    struct facts *facts = facts_of_file(writer_save(w, unit_folder(), "video"));
    unsigned seen = has_path(facts, "/one") | has_path(facts, "/two") << 1 | has_path(facts, "/three") << 2;
    *damages = facts->damages.count;
    facts_free(facts);
    return seen;
}

START_TEST(finished_and_open_chunks_and_padding_are_read)
{
    struct writer w = {0};
    size_t damages;
    writer_pad(&w, 3);
    write_three(&w);
    writer_pad(&w, 700); /* more than a window */
    w.chunk = w.size;
    write_three(&w);
    ck_assert_uint_eq(seen_after(&w, &damages), 7);
    ck_assert_uint_eq(damages, 0);
    writer_free(&w);
}
END_TEST

START_TEST(a_wrong_checksum_leaves_out_that_chunk_alone)
{
    struct writer w = {0};
    size_t damages;
    write_three(&w);
    w.bytes[VL_PAGE + sizeof(struct vl_chunk) + 9] ^= 1;
    ck_assert_uint_eq(seen_after(&w, &damages), 1 | 4);
    ck_assert_uint_eq(damages, 1);
    writer_free(&w);
}
END_TEST

START_TEST(every_bit_of_a_finished_chunk_is_checked)
{
    for (size_t byte = 0; byte < sizeof(struct vl_chunk) + 12; byte++) {
        struct writer w = {0};
        size_t damages;
        write_three(&w);
        w.bytes[VL_PAGE + byte] ^= 0x10;
        seen_after(&w, &damages);
        ck_assert_msg(damages >= 1, "byte %zu may change unnoticed", byte);
        writer_free(&w);
    }
}
END_TEST

START_TEST(a_harmed_header_is_damage_and_reading_goes_on_at_the_next_page)
{
    static const struct {
        size_t offset, bytes;
        uint64_t value;
    } harms[] = {
        {offsetof(struct vl_chunk, magic), 4, 1},
        {offsetof(struct vl_chunk, version), 1, 9},
        {offsetof(struct vl_chunk, kind), 1, 77},
        {offsetof(struct vl_chunk, header_bytes), 2, 3},
        {offsetof(struct vl_chunk, header_bytes), 2, 65535},
        {offsetof(struct vl_chunk, chunk_bytes), 4, 0},
        {offsetof(struct vl_chunk, chunk_bytes), 4, 4097},
        {offsetof(struct vl_chunk, chunk_bytes), 4, 0xfffff000},
        {offsetof(struct vl_chunk, used_bytes), 4, 5000},
        {offsetof(struct vl_chunk, used_bytes), 4, 20},
        {offsetof(struct vl_chunk, clock), 1, 3},
        {offsetof(struct vl_chunk, tick_shift), 1, 64},
    };
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        struct writer w = {0};
        size_t damages;
        write_three(&w);
        memcpy(w.bytes + VL_PAGE + harms[i].offset, &harms[i].value, harms[i].bytes);
        ck_assert_msg(seen_after(&w, &damages) == 5, "harm %zu", i);
        ck_assert_msg(damages == 1, "harm %zu", i);
        writer_free(&w);
    }
}
END_TEST

START_TEST(a_host_name_without_an_end_is_damage)
{
    struct writer w = {0};
    size_t damages;
    write_three(&w);
    memset(w.bytes + VL_PAGE + offsetof(struct vl_chunk, host), 'x', 64);
    ck_assert_uint_eq(seen_after(&w, &damages), 5);
    ck_assert_uint_eq(damages, 1);
    writer_free(&w);
}
END_TEST

START_TEST(an_open_chunk_keeps_the_events_before_the_one_that_is_broken)
{
    struct writer w = {0};
    size_t damages;
    write_three(&w);
    uint8_t cut[] = {VL_file_open, 0xff, 0xff, 0xff, 0xff};
    write_raw(&w, cut, sizeof cut);
    ck_assert_uint_eq(seen_after(&w, &damages), 7);
    ck_assert_uint_eq(damages, 1);
    writer_free(&w);
}
END_TEST

START_TEST(damage_of_several_pages_is_told_once)
{
    struct writer w = {0};
    write_three(&w);
    w.chunk = w.size;
    writer_pad(&w, 5);
    memset(w.bytes + w.chunk, 'x', 5 * VL_PAGE);
    write_three(&w);
    struct facts *facts = facts_of_file(writer_save(&w, unit_folder(), "video"));
    ck_assert_uint_eq(facts->damages.count, 1);
    const struct damage *d = VEC_AT(&facts->damages, struct damage, 0);
    ck_assert_uint_eq(d->offset, 3 * VL_PAGE);
    ck_assert_uint_eq(d->bytes, 5 * VL_PAGE);
    ck_str_is(d->file, "video/file.vls");
    facts_free(facts);
    writer_free(&w);
}
END_TEST

START_TEST(a_file_cut_at_any_byte_keeps_what_is_before)
{
    struct writer w = {0};
    write_three(&w);
    char *path = strdup(writer_save(&w, unit_folder(), "video"));
    size_t whole = w.size;
    for (size_t cut = whole; cut-- > 0;) {
        ck_assert_int_eq(truncate(path, (off_t)cut), 0);
        struct facts *facts = facts_of_file(path);
        ck_assert(cut < 1 * VL_PAGE || has_path(facts, "/one"));
        ck_assert(cut < 2 * VL_PAGE || has_path(facts, "/two"));
        ck_assert(cut < 2 * VL_PAGE + w.used || has_path(facts, "/three"));
        ck_assert(cut % VL_PAGE == 0 || cut > 2 * VL_PAGE || facts->damages.count == 1 ||
                  cut % VL_PAGE >= 168);
        facts_free(facts);
    }
    free(path);
    writer_free(&w);
}
END_TEST

START_TEST(random_bytes_anywhere_never_harm_another_chunk)
{
    uint64_t seed = 1637;
    const char *folder = unit_folder();
    for (int round = 0; round < 3000; round++) {
        struct writer w = {0};
        write_three(&w);
        size_t victim = unit_random(&seed) % 3, length = 1 + unit_random(&seed) % 64;
        for (size_t i = 0; i < length; i++)
            w.bytes[victim * VL_PAGE + unit_random(&seed) % 400] = (uint8_t)unit_random(&seed);
        struct facts *facts = facts_of_file(writer_save(&w, folder, "video"));
        ck_assert_msg(victim == 0 || has_path(facts, "/one"), "round %d", round);
        ck_assert_msg(victim == 1 || has_path(facts, "/two"), "round %d", round);
        ck_assert_msg(victim == 2 || has_path(facts, "/three"), "round %d", round);
        free(facts_text(facts));
        facts_free(facts);
        writer_free(&w);
    }
}
END_TEST

UNIT_TESTS("read: chunks", finished_and_open_chunks_and_padding_are_read,
           a_wrong_checksum_leaves_out_that_chunk_alone, every_bit_of_a_finished_chunk_is_checked,
           a_harmed_header_is_damage_and_reading_goes_on_at_the_next_page,
           a_host_name_without_an_end_is_damage, an_open_chunk_keeps_the_events_before_the_one_that_is_broken,
           damage_of_several_pages_is_told_once, a_file_cut_at_any_byte_keeps_what_is_before,
           random_bytes_anywhere_never_harm_another_chunk)
