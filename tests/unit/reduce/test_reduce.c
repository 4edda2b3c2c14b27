/* What chunks mean, one promise at a time, and that their order and grouping mean nothing. */
#include "facts_text.h"
#include "spool_writer.h"
#include "unit.h"

#include "reduce/reduce.h"

#include <fcntl.h>
#include <stdlib.h>

static struct facts *facts_of(struct writer *w)
{
    struct facts *facts = facts_of_file(writer_save(w, unit_folder(), "video"));
    writer_free(w);
    return facts;
}

static const struct file_use *use_of(const struct facts *facts, const char *path)
{
    VEC_EACH (struct file_use, use, &facts->files)
        if (str_equal(use->path, str_of(path)))
            return use;
    return NULL;
}

static const struct recorded_process *process_of(const struct facts *facts, uint32_t pid)
{
    VEC_EACH (struct recorded_process, p, &facts->processes)
        if (p->pid == pid)
            return p;
    return NULL;
}

static unsigned count_of(const struct facts *facts, enum fact_kind kind)
{
    unsigned count = 0;
    VEC_EACH (struct fact, fact, &facts->events)
        count += fact->kind == kind;
    return count;
}

START_TEST(bytes_go_to_the_path_that_the_descriptor_had)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){.ticks = 1000});
    WRITE(&w, fd_define, 0, 0, .fd = 0, .type = VL_FD_FILE, .path = STR("/in"));
    WRITE(&w, file_open, 10, 5, .fd = 3, .flags = O_WRONLY | O_CREAT, .path = STR("/out"));
    WRITE(&w, file_read, 10, 5, .fd = 0, .bytes = 100);
    WRITE(&w, file_pread, 10, 5, .fd = 0, .bytes = 7);
    WRITE(&w, file_writev, 10, 5, .fd = 3, .bytes = 70000);
    WRITE(&w, fd_duplicate, 10, 5, .fd = 3, .new_fd = 300);
    WRITE(&w, file_close, 10, 5, .fd = 3);
    WRITE(&w, file_write, 10, 5, .fd = 300, .bytes = 5);
    WRITE(&w, file_open, 10, 5, .fd = 3, .path = STR("/other"));
    WRITE(&w, file_read, 10, 5, .fd = 3, .bytes = 11);
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(use_of(f, "/in")->io.read_bytes, 107);
    ck_assert_uint_eq(use_of(f, "/in")->io.read_ops, 2);
    ck_assert_uint_eq(use_of(f, "/in")->opens, 0);
    ck_assert_uint_eq(use_of(f, "/out")->io.written_bytes, 70005);
    ck_assert_uint_eq(use_of(f, "/out")->io.write_ops, 2);
    ck_assert_uint_eq(use_of(f, "/out")->opens, 1);
    ck_assert_uint_eq(use_of(f, "/out")->first_write_ticks, 1010);
    ck_assert_uint_eq(use_of(f, "/out")->last_write_ticks, 1070);
    ck_assert_uint_eq(use_of(f, "/other")->io.read_bytes, 11);
    ck_assert_uint_eq(process_of(f, 100)->io.read_bytes, 118);
    ck_assert_uint_eq(process_of(f, 100)->io.written_bytes, 70005);
    ck_assert_uint_eq(f->event_count, 10);
    facts_free(f);
}
END_TEST

static const struct fact *nth_of(const struct facts *facts, enum fact_kind kind, unsigned nth)
{
    VEC_EACH (struct fact, fact, &facts->events)
        if (fact->kind == kind && nth-- == 0)
            return fact;
    return NULL;
}

START_TEST(spans_are_kept_with_the_names_of_their_chunk)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){.ticks = 1000});
    WRITE(&w, span_define, 0, 0, .name = 7, .function = STR("a:first"), .file = STR("/a.py"));
    WRITE(&w, span_begin, 10, 0, .span = 1, .name = 7, .arguments = STR("{\"x\":1}"));
    writer_finish(&w);
    writer_begin(&w, (struct vl_chunk){.ticks = 2000, .sequence = 1});
    WRITE(&w, span_begin, 10, 0, .span = 2, .parent = 1, .task = 9, .name = 7);
    WRITE(&w, span_end, 10, 0, .span = 1, .how = VL_SPAN_RAISE, .result = STR("{}"));
    WRITE(&w, exception_raise, 10, 0, .how = VL_RAISE_CAUGHT, .span = 2, .count = 3, .type = STR("KeyError"),
          .message = STR("'a'"), .text = STR("Traceback"));
    WRITE(&w, note_make, 10, 0, .span = 2, .name = STR("stage_start"), .data = STR("{}"));
    struct facts *f = facts_of(&w);
    ck_str_is(nth_of(f, FACT_SPAN_BEGIN, 0)->span_begin.function, "a:first");
    ck_str_is(nth_of(f, FACT_SPAN_BEGIN, 0)->span_begin.arguments, "{\"x\":1}");
    ck_str_is(nth_of(f, FACT_SPAN_BEGIN, 1)->span_begin.function, ""); /* its chunk does not define it */
    ck_assert_uint_eq(nth_of(f, FACT_SPAN_BEGIN, 1)->span_begin.task, 9);
    ck_assert_uint_eq(nth_of(f, FACT_SPAN_END, 0)->span_end.how, VL_SPAN_RAISE);
    ck_str_is(nth_of(f, FACT_RAISE, 0)->exception.line, "KeyError: 'a'");
    ck_assert_uint_eq(nth_of(f, FACT_RAISE, 0)->exception.count, 3);
    ck_str_is(nth_of(f, FACT_NOTE, 0)->note_make.name, "stage_start");
    facts_free(f);
}
END_TEST

START_TEST(sockets_pipes_and_unknown_descriptors_count_in_the_process_alone)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){0});
    WRITE(&w, pipe_make, 1, 0, .type = VL_FD_PIPE, .fd = 4, .other_fd = 5);
    WRITE(&w, fd_define, 1, 0, .fd = 6, .type = VL_FD_SOCKET, .path = STR("socket:[1]"));
    WRITE(&w, fd_define, 1, 0, .fd = 7, .type = VL_FD_TERMINAL, .path = STR("/dev/pts/1"));
    for (uint64_t fd = 4; fd < 9; fd++)
        WRITE(&w, file_write, 1, 0, .fd = fd, .bytes = 10);
    WRITE(&w, file_write, 1, 0, .fd = (uint64_t)1 << 40, .bytes = 10);
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(f->files.count, 1);
    ck_assert_uint_eq(use_of(f, "/dev/pts/1")->io.written_bytes, 10);
    ck_assert_uint_eq(process_of(f, 100)->io.written_bytes, 60);
    facts_free(f);
}
END_TEST

START_TEST(a_closed_descriptor_has_no_path_any_more)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){0});
    WRITE(&w, file_open, 1, 0, .fd = 3, .path = STR("/a"));
    WRITE(&w, file_close, 1, 0, .fd = 3);
    WRITE(&w, file_read, 1, 0, .fd = 3, .bytes = 10);
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(use_of(f, "/a")->io.read_bytes, 0);
    ck_assert_uint_eq(use_of(f, "/a")->opens, 1);
    facts_free(f);
}
END_TEST

START_TEST(a_vfork_child_has_its_parents_descriptors_and_leaves_them_alone)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){.pid = 10, .process_start = 500});
    WRITE(&w, file_open, 1, 0, .fd = 3, .path = STR("/parent"));
    WRITE(&w, subject_change, 1, 0, .pid = 11, .tid = 11, .process_start = 600, .ppid = 10,
          .parent_start = 500);
    WRITE(&w, file_write, 1, 0, .fd = 3, .bytes = 1);
    WRITE(&w, file_open, 1, 0, .fd = 3, .path = STR("/child"));
    WRITE(&w, file_write, 1, 0, .fd = 3, .bytes = 20);
    WRITE(&w, process_exec, 1, 0, .path = STR("/bin/true"), .argv = STR("true\0"), .argv_bytes = 5);
    WRITE(&w, subject_change, 1, 0, .pid = 10, .tid = 10, .process_start = 500);
    WRITE(&w, file_write, 1, 0, .fd = 3, .bytes = 300);
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(process_of(f, 10)->io.written_bytes, 300);
    ck_assert_uint_eq(process_of(f, 11)->io.written_bytes, 21);
    ck_assert_uint_eq(process_of(f, 11)->parent_start, 500);
    uint64_t parent = 0;
    VEC_EACH (struct file_use, use, &f->files)
        if (str_equal(use->path, STR("/parent")))
            parent += use->io.written_bytes;
    ck_assert_uint_eq(parent, 301);
    facts_free(f);
}
END_TEST

START_TEST(a_video_counts_from_where_it_is_defined)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){0});
    WRITE(&w, file_open, 1, 0, .fd = 3, .path = STR("/x"));
    WRITE(&w, video_define, 1, 0, .video = STR("a"), .folder = STR("/o/a"), .pattern = 1);
    WRITE(&w, file_read, 1, 0, .fd = 3, .bytes = 5);
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(f->videos.count, 2);
    ck_assert_uint_eq(f->files.count, 2);
    const struct file_use *second = VEC_AT(&f->files, struct file_use, 1);
    ck_str_is(VEC_AT(&f->videos, struct recorded_video, second->video)->name, "a");
    ck_assert_uint_eq(second->io.read_bytes, 5);
    ck_assert_uint_eq(process_of(f, 100)->videos.count, 2);
    facts_free(f);
}
END_TEST

START_TEST(only_the_first_open_for_writing_is_kept)
{
    struct writer w = {0};
    for (unsigned i = 3; i-- > 0;) {
        writer_begin(&w, (struct vl_chunk){.ticks = 1000 * (i + 1), .sequence = i});
        WRITE(&w, file_open, 5, 1, .fd = 3, .flags = O_RDWR, .path = STR("/a"));
        WRITE(&w, file_open, 5, 1, .fd = 4, .flags = O_RDONLY, .path = STR("/b"));
    }
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(count_of(f, FACT_OPEN_WRITE), 1);
    ck_assert_uint_eq(VEC_AT(&f->events, struct fact, 0)->ticks, 1005);
    facts_free(f);
}
END_TEST

START_TEST(temporary_files_and_exclusive_creations_are_told)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){.ticks = 100});
    WRITE(&w, file_open, 1, 0, .fd = 3, .flags = O_RDWR | O_CREAT | O_EXCL, .temp = 1, .path = STR("/tmp/x"));
    WRITE(&w, file_open, 1, 0, .fd = 4, .flags = O_RDWR | O_CREAT | O_EXCL, .path = STR("/y"));
    WRITE(&w, file_open, 1, 0, .fd = -2, .flags = O_RDWR, .temp = 1, .path = STR("/z"));
    WRITE(&w, file_remove, 1, 0, .path = STR("/tmp/x"));
    struct facts *f = facts_of(&w);
    ck_assert(use_of(f, "/tmp/x")->temp && !use_of(f, "/y")->temp);
    ck_assert_uint_eq(use_of(f, "/tmp/x")->created_ticks, 101);
    ck_assert_uint_eq(use_of(f, "/y")->created_ticks, 102);
    ck_assert_ptr_null(use_of(f, "/z"));
    ck_assert_uint_eq(count_of(f, FACT_CREATE_TEMP), 1);
    ck_assert_uint_eq(count_of(f, FACT_REMOVE), 1);
    facts_free(f);
}
END_TEST

START_TEST(marked_lines_are_facts_and_other_text_is_kept_to_its_bound)
{
    struct writer w = {0};
    char piece[1000];
    memset(piece, 'e', sizeof piece);
    for (unsigned i = 0; i < 200; i++) {
        writer_begin(&w, (struct vl_chunk){.ticks = 1000 * i, .sequence = i});
        WRITE(&w, text_print, 1, 0, .stream = 2, .text = {piece, sizeof piece});
    }
    WRITE(&w, text_print, 1, 0, .stream = 1, .flags = VL_TEXT_MARKED, .text = STR("[RENDER] x"));
    WRITE(&w, text_print, 1, 0, .stream = 1, .text = STR("out"));
    struct facts *f = facts_of(&w);
    const struct recorded_process *p = process_of(f, 100);
    ck_assert_uint_eq(count_of(f, FACT_LINE), 1);
    ck_assert_uint_eq(p->text_bytes[1], 3);
    ck_assert_uint_le(p->text_bytes[2], TEXT_KEPT_BYTES);
    ck_assert_uint_gt(p->text_bytes[2], TEXT_KEPT_BYTES - sizeof piece);
    ck_assert_uint_eq(VEC_LAST(&p->text, struct text_piece)->ticks, 199002 + 1);
    facts_free(f);
}
END_TEST

START_TEST(a_ring_gives_the_end_of_the_output)
{
    struct writer w = {0};
    char text[5000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    writer_ring(&w, (struct vl_chunk){.pid = 1}, STR("short"));
    writer_ring(&w, (struct vl_chunk){.pid = 2}, (struct str){text, sizeof text});
    writer_ring(&w, (struct vl_chunk){.pid = 3}, STR(""));
    struct facts *f = facts_of(&w);
    const struct text_piece *first = VEC_AT(&process_of(f, 1)->text, struct text_piece, 0);
    const struct text_piece *second = VEC_AT(&process_of(f, 2)->text, struct text_piece, 0);
    ck_str_is(first->text, "short");
    ck_assert_int_eq(first->flags, 0);
    ck_assert_int_eq(second->flags, VL_TEXT_CUT_BEFORE);
    ck_assert(str_equal(second->text, (struct str){text + sizeof text - VL_RING_BYTES, VL_RING_BYTES}));
    ck_assert_ptr_null(process_of(f, 3));
    facts_free(f);
}
END_TEST

START_TEST(what_was_dropped_is_counted_by_its_reason)
{
    struct writer w = {0};
    writer_control(&w, VL_REASON_NO_SPACE, 5);
    writer_begin(&w, (struct vl_chunk){0});
    WRITE(&w, events_drop, 1, 0, .reason = VL_REASON_NO_SPACE, .count = 2);
    WRITE(&w, events_drop, 1, 0, .reason = 1000, .count = 2);
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(f->dropped[VL_REASON_NO_SPACE], 7);
    facts_free(f);
}
END_TEST

START_TEST(of_each_part_of_a_call_the_last_one_counts)
{
    struct writer w = {0};
    for (unsigned chunk = 0; chunk < 2; chunk++) {
        writer_begin(&w, (struct vl_chunk){.ticks = chunk ? 1000 : 2000, .sequence = chunk});
        WRITE(&w, api_request, 1, 0, .connection = 1, .stream = 1,
              .model = chunk ? STR("early") : STR("late"));
        for (uint64_t i = 0; i < 3; i++)
            WRITE(&w, api_usage, 1, 0, .connection = 1, .stream = 1, .output_tokens = 100 * chunk + i);
        WRITE(&w, api_end, 1, 0, .connection = 1, .stream = 2, .how = VL_API_CUT);
    }
    struct facts *f = facts_of(&w);
    ck_assert_uint_eq(f->calls.count, 2);
    const struct api_call *call = VEC_AT(&f->calls, struct api_call, 0);
    ck_str_is(call->request.model, "late");
    ck_assert_uint_eq(call->usage.output, 2);
    ck_assert(!call->end.stamp.seen);
    ck_assert(VEC_AT(&f->calls, struct api_call, 1)->end.stamp.seen);
    facts_free(f);
}
END_TEST

static void write_api_by_chance(struct writer *w, uint64_t *seed)
{
    uint64_t since = unit_random(seed) % 50, connection = unit_random(seed) % 3,
             stream = unit_random(seed) % 3;
    uint64_t some = unit_random(seed) % 1000;
    switch (unit_random(seed) % 5) {
    case 0:
        WRITE(w, api_request, since, 0, .connection = connection, .stream = stream, .model = STR("m"));
        break;
    case 1:
        WRITE(w, api_response, since, 0, .connection = connection, .stream = stream, .status = some);
        break;
    case 2:
        WRITE(w, api_usage, since, 0, .connection = connection, .stream = stream, .input_tokens = some);
        break;
    case 3:
        WRITE(w, api_error, since, 0, .connection = connection, .stream = stream, .type = STR("t"));
        break;
    default:
        WRITE(w, api_end, since, 0, .connection = connection, .stream = stream, .how = some % 4);
        break;
    }
}

/* A spool by chance: chunks of several processes with events of most kinds. */
static void write_by_chance(struct writer *w, uint64_t *seed)
{
    static const char *const paths[] = {"/a", "/b", "/c/d", "/tmp/e", "/f"};
    static const char *const videos[] = {"", "one", "two"};
    unsigned pid = 10 + unit_random(seed) % 4;
    unsigned sequence = w->size / VL_PAGE;
    writer_begin(w, (struct vl_chunk){.pid = pid,
                                      .process_start = pid * 100,
                                      .ppid = 1 + unit_random(seed) % 2,
                                      .ticks = unit_random(seed) % (1ull << 36),
                                      .sequence = sequence,
                                      .utc_offset_seconds = (int)(unit_random(seed) % 2) * 3600,
                                      .tick_shift = 2});
    for (int i = 0; i < 40; i++) {
        struct str path = str_of(paths[unit_random(seed) % 5]);
        uint64_t fd = unit_random(seed) % 6, bytes = unit_random(seed) % 100000,
                 since = unit_random(seed) % 5000;
        switch (unit_random(seed) % 16) {
        case 0:
            WRITE(w, file_open, since, 1, .fd = (int64_t)fd, .flags = bytes % 4, .temp = bytes % 2,
                  .path = path);
            break;
        case 1:
            WRITE(w, fd_define, since, 1, .fd = fd, .type = bytes % 7, .path = path);
            break;
        case 2:
            WRITE(w, video_define, since, 0, .video = str_of(videos[bytes % 3]), .pattern = bytes % 2);
            break;
        case 3:
            WRITE(w, process_sample, since, 0, .rss_kb = bytes, .maxrss_kb = bytes / 2);
            break;
        case 4:
            WRITE(w, text_print, since, 0, .stream = 1 + bytes % 2, .flags = bytes % 8, .text = path);
            break;
        case 5:
            WRITE(w, file_rename, since, 0, .from = path, .to = STR("/new"));
            break;
        case 6:
            WRITE(w, process_start, since, 0, .image = bytes % 3, .exe = path, .argv = STR("a\0b\0"));
            break;
        case 7:
            WRITE(w, process_exit, since, 0, .status = (int64_t)bytes % 3);
            break;
        case 8:
            WRITE(w, clock_read, since, 0, .ticks = bytes << 20, .realtime_ns = 5, .monotonic_ns = bytes);
            break;
        case 9:
            WRITE(w, subject_change, since, 0, .pid = 20 + (fd & 1), .tid = 9, .process_start = 7);
            break;
        case 10:
            WRITE(w, fd_duplicate, since, 0, .fd = fd, .new_fd = bytes % 6);
            break;
        case 11:
            WRITE(w, file_close, since, 0, .fd = fd);
            break;
        case 12:
            WRITE(w, file_read, since, 0, .fd = fd, .bytes = bytes);
            break;
        case 13:
        case 14:
            write_api_by_chance(w, seed);
            break;
        default:
            WRITE(w, file_write, since, 0, .fd = fd, .bytes = bytes);
            break;
        }
    }
}

/* Deals the chunks in a new order to up to `sets` sets of facts and merges those in a new order. */
static char *text_of_grouping(const struct vec *chunks, unsigned sets, uint64_t *seed)
{
    struct facts *facts[8];
    struct reducer *reducers[8];
    size_t order[512];
    for (unsigned i = 0; i < sets; i++)
        reducers[i] = reducer_new(facts[i] = facts_new());
    for (size_t i = 0; i < chunks->count; i++) {
        size_t j = unit_random(seed) % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (size_t i = 0; i < chunks->count; i++)
        reduce_chunk(reducers[unit_random(seed) % sets], VEC_AT(chunks, struct chunk, order[i]));
    for (unsigned left = sets; left > 1; left--) {
        unsigned into = unit_random(seed) % (left - 1);
        facts_merge(facts[into], facts[left - 1]);
        facts_free(facts[left - 1]);
    }
    facts_settle(facts[0]);
    char *text = facts_text(facts[0]);
    for (unsigned i = 0; i < sets; i++)
        reducer_free(reducers[i]);
    facts_free(facts[0]);
    return text;
}

START_TEST(any_order_and_grouping_of_chunks_gives_the_same_facts)
{
    uint64_t seed = 20261123;
    const char *folder = unit_folder();
    for (int round = 0; round < 12; round++) {
        struct writer w = {0};
        struct arena *arena = arena_new();
        unsigned count = 5 + unit_random(&seed) % 100;
        for (unsigned i = 0; i < count; i++)
            write_by_chance(&w, &seed);
        struct vec chunks = chunks_of_file(arena, writer_save(&w, folder, "video"));
        char *first = text_of_grouping(&chunks, 1, &seed);
        for (int i = 0; i < 15; i++) {
            char *other = text_of_grouping(&chunks, 1 + unit_random(&seed) % 8, &seed);
            ck_assert_msg(strcmp(first, other) == 0, "round %d, grouping %d:\n%s\n---\n%s", round, i, first,
                          other);
            free(other);
        }
        free(first);
        arena_free(arena);
        writer_free(&w);
    }
}
END_TEST

START_TEST(samples_beyond_the_bound_are_thinned_the_same_in_any_grouping)
{
    uint64_t seed = 5;
    struct writer w = {0};
    struct arena *arena = arena_new();
    for (unsigned c = 0; c < 20; c++) {
        writer_begin(&w, (struct vl_chunk){.ticks = c * 100000, .sequence = c});
        for (int i = 0; i < 50; i++)
            WRITE(&w, process_sample, 1 + unit_random(&seed) % 100, 0, .rss_kb = unit_random(&seed) % 1000);
    }
    struct vec chunks = chunks_of_file(arena, writer_save(&w, unit_folder(), "video"));
    char *first = text_of_grouping(&chunks, 1, &seed);
    for (int i = 0; i < 10; i++) {
        char *other = text_of_grouping(&chunks, 4, &seed);
        ck_assert_str_eq(first, other);
        free(other);
    }
    free(first);
    arena_free(arena);
    writer_free(&w);
}
END_TEST

UNIT_TESTS("reduce", bytes_go_to_the_path_that_the_descriptor_had,
           spans_are_kept_with_the_names_of_their_chunk,
           sockets_pipes_and_unknown_descriptors_count_in_the_process_alone,
           a_closed_descriptor_has_no_path_any_more,
           a_vfork_child_has_its_parents_descriptors_and_leaves_them_alone,
           a_video_counts_from_where_it_is_defined, only_the_first_open_for_writing_is_kept,
           temporary_files_and_exclusive_creations_are_told,
           marked_lines_are_facts_and_other_text_is_kept_to_its_bound, a_ring_gives_the_end_of_the_output,
           what_was_dropped_is_counted_by_its_reason, of_each_part_of_a_call_the_last_one_counts,
           any_order_and_grouping_of_chunks_gives_the_same_facts,
           samples_beyond_the_bound_are_thinned_the_same_in_any_grouping)
