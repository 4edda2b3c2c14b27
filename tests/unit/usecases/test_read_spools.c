/* The whole way, from files to what is printed. */
#include "facts_text.h"
#include "spool_writer.h"
#include "unit.h"

#include "usecases/read_spools.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

typedef int printing(const struct spools *spools, const void *options, FILE *out, struct facts **facts,
                     struct err *err);

/* What a command prints of a spool; the caller frees it. */
static char *printed(const char *folder, printing *print, const void *options, size_t *damages)
{
    struct spools spools;
    struct err err = {0};
    struct facts *facts = NULL;
    char *text = NULL, *folders[] = {(char *)(uintptr_t)folder};
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_msg(read_spools_open(&spools, folders, 1, &err) == 0, "%s", err.text);
    ck_assert_msg(print(&spools, options, out, &facts, &err) == 0, "%s", err.text);
    fclose(out);
    if (damages)
        *damages = facts->damages.count;
    facts_free(facts);
    read_spools_close(&spools);
    return text;
}

static int print_cat(const struct spools *spools, const void *options, FILE *out, struct facts **facts,
                     struct err *err)
{
    return list_events(spools, options, out, facts, err);
}

static int print_io(const struct spools *spools, const void *options, FILE *out, struct facts **facts,
                    struct err *err)
{
    return sum_io_write(spools, options == NULL, out, facts, err);
}

static char *cat_text(const char *folder, const struct cat_options *options, size_t *damages)
{
    return printed(folder, print_cat, options, damages);
}

static json_t *io_json(const char *folder)
{
    char *text = printed(folder, print_io, NULL, NULL);
    json_t *json = json_loads(text, JSON_ALLOW_NUL, NULL);
    ck_assert_ptr_nonnull(json);
    free(text);
    return json;
}

/* Two videos and _run; threads whose events interleave. */
static const char *some_spool(void)
{
    static char folder[4096];
    static const char *const videos[] = {"one", "two", "_run"};
    snprintf(folder, sizeof folder, "%s", unit_folder());
    for (unsigned v = 0; v < 3; v++) {
        struct writer w = {0};
        for (unsigned c = 0; c < 6; c++) {
            writer_begin(&w, (struct vl_chunk){.pid = 10 + v,
                                               .tid = 10 + v + c % 2 * 100,
                                               .ticks = 1000 + c / 2 * 500,
                                               .sequence = c / 2});
            if (v < 2)
                WRITE(&w, video_define, 0, 0, .video = str_of(videos[v]), .folder = STR("/o"));
            WRITE(&w, file_open, 1 + c, 1, .fd = 3, .flags = O_WRONLY, .path = STR("/data/a"));
            for (unsigned i = 0; i < 10; i++)
                WRITE(&w, file_write, 7 + i + v, 2, .fd = 3, .bytes = 1 + i);
            if (c % 2)
                writer_finish(&w);
        }
        writer_save(&w, folder, videos[v]);
        writer_free(&w);
    }
    return folder;
}

static unsigned count_lines(const char *text, const char *part)
{
    unsigned lines = 0;
    for (struct str rest = str_of(text), line; str_next(&rest, '\n', &line);)
        lines += line.len && str_find(line, str_of(part)) >= 0;
    return lines;
}

START_TEST(a_listing_has_every_event_in_order_of_time)
{
    struct cat_options options = {0};
    char *text = cat_text(some_spool(), &options, NULL), before[64] = "";
    ck_assert_uint_eq(count_lines(text, ""), 3 * 6 * 11);
    for (struct str rest = str_of(text), line; str_next(&rest, '\n', &line) && line.len;) {
        char now[64];
        snprintf(now, sizeof now, "%.36s", line.ptr);
        ck_assert_str_le(before, now);
        strcpy(before, now);
    }
    ck_assert_uint_eq(count_lines(text, "\"path\":\"/data/a\""), 3 * 6 * 11);
    free(text);
}
END_TEST

START_TEST(a_listing_can_be_of_one_video_or_of_none)
{
    const char *folder = some_spool();
    struct cat_options one = {.video = "one"}, none = {.video = "_run"}, all = {.definitions = true};
    char *text = cat_text(folder, &one, NULL);
    ck_assert_uint_eq(count_lines(text, "\"video\":\"one\""), 66);
    ck_assert_uint_eq(count_lines(text, ""), 66);
    free(text);
    text = cat_text(folder, &none, NULL);
    ck_assert_uint_eq(count_lines(text, "\"video\":null"), 66);
    free(text);
    text = cat_text(folder, &all, NULL);
    ck_assert_uint_eq(count_lines(text, "video_define"), 12);
    free(text);
}
END_TEST

START_TEST(the_report_has_the_contracts_keys_sorted)
{
    json_t *report = io_json(some_spool()), *files = json_object_get(report, "files");
    json_t *file = json_array_get(files, 0), *processes = json_object_get(report, "processes");
    ck_assert_uint_eq(json_array_size(files), 1);
    ck_assert_str_eq(json_string_value(json_object_get(file, "path")), "/data/a");
    ck_assert_int_eq(json_integer_value(json_object_get(file, "written_bytes")), 3 * 6 * 55);
    ck_assert_int_eq(json_integer_value(json_object_get(file, "write_ops")), 180);
    ck_assert(json_is_null(json_object_get(file, "renamed_to")));
    ck_assert_uint_eq(json_array_size(processes), 3);
    static const char *const keys[] = {"pid",
                                       "ppid",
                                       "argv",
                                       "exit_status",
                                       "signal",
                                       "read_bytes",
                                       "written_bytes",
                                       "max_rss_kb",
                                       "user_seconds",
                                       "system_seconds",
                                       "start",
                                       "end",
                                       "instrumented",
                                       "kernel_read_bytes",
                                       "kernel_written_bytes",
                                       "storage_read_bytes",
                                       "storage_written_bytes"};
    json_t *process = json_array_get(processes, 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        ck_assert_msg(json_object_get(process, keys[i]) != NULL, "%s", keys[i]);
    ck_assert_uint_eq(json_object_size(process), sizeof keys / sizeof *keys);
    json_decref(report);
}
END_TEST

START_TEST(any_number_of_jobs_gives_the_same_facts)
{
    struct spools spools;
    struct err err = {0};
    char *folders[] = {(char *)(uintptr_t)some_spool()}, *texts[4];
    ck_assert_int_eq(read_spools_open(&spools, folders, 1, &err), 0);
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        struct facts *facts;
        ck_assert_int_eq(read_spools(&spools, NULL, jobs, NULL, &facts, &err), 0);
        texts[jobs - 1] = facts_text(facts);
        ck_assert_str_eq(texts[0], texts[jobs - 1]);
        facts_free(facts);
    }
    for (int i = 0; i < 4; i++)
        free(texts[i]);
    read_spools_close(&spools);
}
END_TEST

START_TEST(a_damaged_spool_is_listed_without_a_crash)
{
    uint64_t seed = 99;
    struct cat_options options = {.definitions = true};
    const char *folder = unit_folder();
    for (int round = 0; round < 300; round++) {
        struct writer w = {0};
        for (unsigned c = 0; c < 3; c++) {
            writer_begin(&w, (struct vl_chunk){.ticks = 1000 * c, .sequence = c, .clock = VL_CLOCK_TSC});
            WRITE(&w, process_start, 1, 0, .exe = STR("/x"), .argv = STR("x\0"));
            WRITE(&w, file_open, 1, 1, .fd = 3, .path = STR("/y"));
            WRITE(&w, process_reap, 1, 1, .child = 4, .wait_status = 9);
            WRITE(&w, text_print, 1, 0, .stream = 2, .text = STR("text"));
        }
        for (unsigned i = unit_random(&seed) % 20; i-- > 0;)
            w.bytes[unit_random(&seed) % 3 * VL_PAGE + unit_random(&seed) % 260] =
                (uint8_t)unit_random(&seed);
        w.size -= unit_random(&seed) % 2 ? unit_random(&seed) % w.size : 0;
        writer_save(&w, folder, "video");
        free(cat_text(folder, &options, NULL));
        json_decref(io_json(folder));
        writer_free(&w);
    }
}
END_TEST

START_TEST(a_reader_that_goes_away_is_no_error)
{
    int ends[2];
    struct spools spools;
    struct err err = {0};
    struct facts *facts = NULL;
    struct cat_options options = {0};
    char *folders[] = {(char *)(uintptr_t)some_spool()};
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    FILE *out = fdopen(ends[1], "w");
    ck_assert_int_eq(read_spools_open(&spools, folders, 1, &err), 0);
    ck_assert_int_eq(list_events(&spools, &options, out, &facts, &err), 0);
    facts_free(facts);
    facts = NULL;
    FILE *full = fopen("/dev/full", "w");
    ck_assert_int_eq(list_events(&spools, &options, full, &facts, &err), -ERR_OUTPUT);
    facts_free(facts);
    read_spools_close(&spools);
    fclose(out);
    fclose(full);
}
END_TEST

UNIT_TESTS("usecases", a_listing_has_every_event_in_order_of_time, a_listing_can_be_of_one_video_or_of_none,
           the_report_has_the_contracts_keys_sorted, any_number_of_jobs_gives_the_same_facts,
           a_damaged_spool_is_listed_without_a_crash, a_reader_that_goes_away_is_no_error)
