/* Facts as bytes: nothing is lost, nothing that is cut off or wrong is taken, and the layout has a version.
 */
#include "facts_text.h"
#include "unit.h"

#include "model/facts/facts_wire.h"

#include "vl/crc32c.h"

#include <stdlib.h>

static struct api_stamp stamp(uint64_t n, uint32_t video)
{
    return (struct api_stamp){
        .ticks = n, .took = n / 2, .sequence = n << 32, .tid = 7, .video = video, .seen = true};
}

static void add_call(struct facts *f, uint32_t process, uint32_t video)
{
    struct api_call call = {.process = process, .connection = 5, .stream = 3};
    call.request =
        (struct api_request){stamp(10, video), STR("host"), STR("/v1"), STR("model"), 1, 1, 1000, 1, 55};
    call.response = (struct api_response){stamp(11, video), 200, STR("req"), STR("a: b\n")};
    call.usage = (struct api_usage){stamp(12, video),
                                    STR("msg"),
                                    STR("model"),
                                    STR("standard"),
                                    STR("end_turn"),
                                    1,
                                    2,
                                    API_UNKNOWN,
                                    4,
                                    5,
                                    6,
                                    7};
    call.error = (struct api_error){stamp(13, video), STR("type"), STR("message")};
    call.end = (struct api_end){stamp(14, video), 1, 2, 3, 4};
    facts_add_call(f, &call);
}

/* Something in every table, every field other than zero. */
static struct facts *some_facts(void)
{
    struct facts *f = facts_new();
    const uint8_t boot[16] = {1, 2, 3};
    uint32_t host = facts_host(f, STR("box"), boot, 2);
    uint32_t video = facts_video(f, STR("one"), STR("/out/one"), 1);
    uint32_t process = facts_process(f, host, 77, 1000);
    facts_add_pair(f, host, (struct clock_pair){900, 1700000000000000000, 12, 3});
    facts_add_offset(f, host, (struct utc_offset){900, -3600});
    facts_add_parent(f, process, 1, 2);
    facts_add_exit(f, process, 1, -9, 5000);
    facts_add_image(f, process, (struct image){1000, 1, 2, true, STR("/bin/x"), STR("/"), STR("x\0y\0"), 4});
    facts_add_sample(f, process, (struct sample){1100, 1, 2, 3, 4, 5, true});
    facts_add_text(f, process, (struct text_piece){1200, 1ull << 32, 77, video, 2, 4, STR("any\0bytes\xff")});
    facts_add_video_of(f, process, video);
    *facts_process_at(f, process) =
        (struct recorded_process){.host = host,
                                  .pid = 77,
                                  .start = 1000,
                                  .ppid = 1,
                                  .parent_start = 2,
                                  .first_ticks = 1000,
                                  .last_ticks = 5000,
                                  .images = facts_process_at(f, process)->images,
                                  .samples = facts_process_at(f, process)->samples,
                                  .exit_seen = true,
                                  .exit_how = 1,
                                  .exit_status = -9,
                                  .exit_ticks = 5000,
                                  .io = {1, 2, 3, 4},
                                  .kernel_io = {{5, 6, 7, 8}, 9, 10},
                                  .videos = facts_process_at(f, process)->videos,
                                  .text = facts_process_at(f, process)->text,
                                  .text_bytes = {0, 0, 10},
                                  .events = 6};
    struct file_use use = {process, video, STR("/out/one/f"), {1, 2, 3, 4}, 5, 1000, 2000, 1100, 1900, 1050,
                           1,       true};
    facts_add_use(f, &use);
    facts_add_event(f, (struct fact){.ticks = 1300,
                                     .took = 7,
                                     .sequence = 1ull << 33,
                                     .process = process,
                                     .tid = 77,
                                     .video = video,
                                     .kind = FACT_NOTE,
                                     .note_make = {.span = 1, .name = STR("kind"), .data = STR("{}")}});
    facts_add_event(f, (struct fact){.ticks = 1400,
                                     .took = 7,
                                     .sequence = 1ull << 34,
                                     .process = process,
                                     .tid = 77,
                                     .video = video,
                                     .kind = FACT_REAP,
                                     .process_reap = {1, 2, 3, 4, 5, 6, UINT64_MAX}});
    add_call(f, process, video);
    facts_add_damage(f, (struct damage){STR("one/box.vls"), 4096, 12, STR("It is broken.")});
    facts_add_chunk(f, 12345);
    f->event_count = 6;
    f->dropped[3] = 2;
    facts_settle(f);
    return f;
}

static struct vec bytes_of(struct arena *arena, struct facts *facts)
{
    struct wire wire = wire_writer(arena);
    facts_wire(&wire, facts);
    return wire.out;
}

/* NULL: the bytes are not taken. */
static struct facts *facts_of(const void *bytes, size_t count)
{
    struct facts *read = facts_new(), *whole = facts_new();
    struct wire wire = wire_reader(read->arena, bytes, count);
    facts_wire(&wire, read);
    bool good = wire_good(&wire);
    if (good)
        facts_merge(whole, read);
    facts_free(read);
    if (good)
        return whole;
    facts_free(whole);
    return NULL;
}

START_TEST(all_of_it_comes_back)
{
    struct facts *f = some_facts();
    struct vec bytes = bytes_of(f->arena, f);
    struct facts *again = facts_of(bytes.items, bytes.count);
    ck_assert_ptr_nonnull(again);
    struct vec same = bytes_of(again->arena, again);
    ck_assert_uint_eq(same.count, bytes.count);
    ck_assert_mem_eq(same.items, bytes.items, bytes.count);
    char *before = facts_text(f), *after = facts_text(again);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    facts_free(again);
    facts_free(f);
}
END_TEST

START_TEST(nothing_cut_off_is_taken)
{
    struct facts *f = some_facts();
    struct vec bytes = bytes_of(f->arena, f);
    for (size_t cut = 0; cut < bytes.count; cut++)
        ck_assert_ptr_null(facts_of(bytes.items, cut));
    uint8_t *more = arena_alloc(f->arena, bytes.count + 1);
    memcpy(more, bytes.items, bytes.count);
    ck_assert_ptr_null(facts_of(more, bytes.count + 1));
    facts_free(f);
}
END_TEST

START_TEST(any_other_byte_does_no_harm)
{
    struct facts *f = some_facts();
    struct vec bytes = bytes_of(f->arena, f);
    uint64_t seed = 1;
    for (size_t at = 0; at < bytes.count; at++) {
        uint8_t *byte = VEC_AT(&bytes, uint8_t, at), was = *byte;
        *byte ^= (uint8_t)(1 + unit_random(&seed) % 255);
        facts_free(facts_of(bytes.items, bytes.count));
        *byte = was;
    }
    facts_free(f);
}
END_TEST

/* Where this fails the layout has changed: raise FACTS_WIRE_VERSION, then write the new figures here. */
START_TEST(another_layout_is_another_version)
{
    struct facts *f = some_facts();
    struct vec bytes = bytes_of(f->arena, f);
    ck_assert_uint_eq(FACTS_WIRE_VERSION, 1);
    ck_assert_uint_eq(vl_crc32c(0, bytes.items, bytes.count, 0), 3691874651);
    facts_free(f);
}
END_TEST

UNIT_TESTS("model: facts as bytes", all_of_it_comes_back, nothing_cut_off_is_taken,
           any_other_byte_does_no_harm, another_layout_is_another_version)
