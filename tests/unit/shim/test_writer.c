/* What is recorded can be read back from the file, whatever interrupts the recording. */
#include "suites.h"

#include "config.h"
#include "emit.h"
#include "record.h"
#include "self.h"
#include "spool.h"
#include "threads.h"
#include "video.h"
#include "vl/crc32c.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static char spool[4200];

static void begin(void)
{
    static char *words[] = {"program", NULL};
    snprintf(spool, sizeof spool, "%s/spool", unit_folder());
    config.spool = spool;
    self_init(words);
    ck_assert(spool_init());
    threads_init();
    video_init(NULL, words);
    shim.sample_due = UINT64_MAX;
    shim.on = true;
}

/* ---- reading back ---- */

struct seen {
    unsigned events[256]; /* by code */
    unsigned chunks, finished, nested;
    uint32_t pids[8];
    unsigned pid_count;
    uint64_t bytes; /* of file_write */
};

static void note_pid(struct seen *s, uint32_t pid)
{
    for (unsigned i = 0; i < s->pid_count; i++)
        if (s->pids[i] == pid)
            return;
    ck_assert_uint_lt(s->pid_count, 8);
    s->pids[s->pid_count++] = pid;
}

static void read_events(struct seen *s, const uint8_t *p, const uint8_t *end)
{
    while (p < end && *p != 0) {
        uint8_t code = *p++;
        uint64_t v[8] = {0};
        s->events[code]++;
        if (code < VL_COMPACT) {
            p = vl_get_varint(p, end, &v[0]);
            ck_assert_ptr_nonnull(p);
            ck_assert_uint_le(v[0], (uint64_t)(end - p));
            p += v[0];
            continue;
        }
        for (unsigned i = 0; i < vl_compact_varints(code); i++) {
            p = vl_get_varint(p, end, &v[i]);
            ck_assert_ptr_nonnull(p);
        }
        if (code == VL_file_write)
            s->bytes += v[3];
    }
}

static void read_chunk(struct seen *s, const uint8_t *bytes)
{
    struct vl_chunk h;
    memcpy(&h, bytes, sizeof h);
    ck_assert_uint_eq(h.magic, VL_MAGIC);
    if (h.kind != VL_CHUNK_EVENTS)
        return;
    s->chunks++;
    s->nested += h.nested;
    note_pid(s, h.pid);
    if (h.used_bytes) {
        s->finished++;
        ck_assert_uint_eq(h.crc32c, vl_chunk_checksum(bytes, h.used_bytes, 0));
    }
    read_events(s, bytes + h.header_bytes, bytes + (h.used_bytes ? h.used_bytes : h.chunk_bytes));
}

static void read_file(struct seen *s, const char *path)
{
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    static uint8_t bytes[16 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t at = 0; at + VL_PAGE <= n;) {
        struct vl_chunk h;
        memcpy(&h, bytes + at, sizeof h);
        if (h.magic == VL_MAGIC)
            read_chunk(s, bytes + at);
        at += h.magic == VL_MAGIC ? h.chunk_bytes : VL_PAGE;
    }
}

static struct seen read_back(const char *video)
{
    struct seen s = {0};
    char path[8192];
    struct stat st;
    ck_assert_int_eq(stat(spool, &st), 0);
    snprintf(path, sizeof path, "%s/%s/%s-%016llx" VL_FILE_SUFFIX, spool, video, self.run_file,
             (unsigned long long)vl_spool_id(st.st_dev, st.st_ino));
    read_file(&s, path);
    return s;
}

static void write_events(unsigned n)
{
    int fd = open("/dev/null", O_WRONLY);
    for (unsigned i = 0; i < n; i++)
        record_io(VL_file_write, fd, 64, clock_ticks());
    close(fd);
}

/* ---- tests ---- */

START_TEST(every_event_of_many_chunks_is_there)
{
    begin();
    write_events(100000);
    thread_finish(thread_self);
    struct seen s = read_back("_run");
    ck_assert_uint_eq(s.events[VL_file_write], 100000);
    ck_assert_uint_eq(s.bytes, 6400000);
    ck_assert_uint_eq(s.finished, s.chunks);
    ck_assert_uint_ge(s.events[VL_fd_define], s.chunks); /* every chunk can be read alone */
}
END_TEST

START_TEST(threads_share_a_file)
{
    begin();
    pthread_t threads[20];
    for (int i = 0; i < 20; i++)
        pthread_create(&threads[i], NULL, (void *(*)(void *))(void *)write_events, (void *)20000);
    for (int i = 0; i < 20; i++)
        pthread_join(threads[i], NULL);
    struct seen s = read_back("_run");
    ck_assert_uint_eq(s.events[VL_file_write], 400000);
}
END_TEST

START_TEST(places_of_ended_threads_are_used_again)
{
    begin();
    for (int i = 0; i < 1500; i++) {
        pthread_t t;
        pthread_create(&t, NULL, (void *(*)(void *))(void *)write_events, (void *)1);
        pthread_join(t, NULL);
    }
    ck_assert_uint_eq(read_back("_run").events[VL_file_write], 1500);
}
END_TEST

#define INTERRUPTIONS 200

static volatile unsigned handled;
static int null_fd;

static void handler(int number)
{
    (void)number;
    for (int i = 0; i < 3; i++)
        record_io(VL_file_pwrite, null_fd, 1, clock_ticks());
    handled++;
}

START_TEST(signal_handlers_that_interrupt_a_recording_lose_nothing)
{
    begin();
    null_fd = open("/dev/null", O_WRONLY);
    signal(SIGALRM, handler);
    struct itimerval often = {{0, 50}, {0, 50}}, off = {0};
    setitimer(ITIMER_REAL, &often, NULL);
    unsigned n = 0;
    for (; handled < INTERRUPTIONS; n++)
        record_io(VL_file_write, null_fd, 64, clock_ticks());
    setitimer(ITIMER_REAL, &off, NULL);
    struct seen s = read_back("_run");
    ck_assert_uint_eq(s.events[VL_file_write], n);
    ck_assert_uint_eq(s.events[VL_file_pwrite], handled * 3);
}
END_TEST

static sigjmp_buf out;

static void leaving_handler(int number)
{
    handler(number);
    siglongjmp(out, 1);
}

START_TEST(handlers_that_leave_by_longjmp_lose_nothing_that_had_returned)
{
    begin();
    null_fd = open("/dev/null", O_WRONLY);
    signal(SIGALRM, leaving_handler);
    struct itimerval often = {{0, 50}, {0, 50}}, off = {0};
    volatile unsigned n = 0;
    volatile bool begun = false;
    sigsetjmp(out, 1); /* handlers need a place to leave for before there are any */
    if (!begun) {
        begun = true;
        setitimer(ITIMER_REAL, &often, NULL);
    }
    while (handled < INTERRUPTIONS) {
        record_io(VL_file_write, null_fd, 64, clock_ticks());
        n++;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    struct seen s = read_back("_run");
    ck_assert_uint_ge(s.events[VL_file_write], n);
    ck_assert_uint_le(s.events[VL_file_write], n + handled);
    ck_assert_uint_eq(s.events[VL_file_pwrite], handled * 3);
}
END_TEST

START_TEST(a_forked_child_writes_under_its_own_name)
{
    begin();
    write_events(10);
    pid_t child = fork(); /* libc's: no hook tells of it */
    if (child == 0) {
        write_events(7);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    write_events(5);
    struct seen s = read_back("_run");
    ck_assert_uint_eq(s.events[VL_file_write], 22);
    ck_assert_uint_eq(s.pid_count, 2);
    ck_assert_uint_eq(s.events[VL_process_start], 1);
}
END_TEST

START_TEST(videos_have_files_of_their_own)
{
    begin();
    uint32_t a = video_enter("a", 1, "/x/a", 4, 0), b = video_enter("b", 1, "/x/b", 4, 0);
    for (int i = 0; i < 1000; i++) {
        EMIT(exec_fail, a, clock_instant(), 1);
        EMIT(exec_fail, b, clock_instant(), 2);
    }
    EMIT(exec_fail, VIDEO_CURRENT, clock_instant(), 3);
    ck_assert_uint_eq(read_back("a").events[VL_exec_fail], 1000);
    ck_assert_uint_eq(read_back("b").events[VL_exec_fail], 1000);
    ck_assert_uint_eq(read_back("_run").events[VL_exec_fail], 1);
    ck_assert_uint_eq(read_back("a").events[VL_video_define], read_back("a").chunks);
}
END_TEST

START_TEST(more_videos_than_writers_lose_nothing)
{
    begin();
    for (uint32_t i = 0; i < 200; i++) {
        char name[12];
        int n = snprintf(name, sizeof name, "v%u", i % 20);
        EMIT(exec_fail, video_enter(name, (size_t)n, "", 0, 0), clock_instant(), 1);
    }
    for (uint32_t i = 0; i < 20; i++) {
        char name[12];
        snprintf(name, sizeof name, "v%u", i);
        ck_assert_uint_eq(read_back(name).events[VL_exec_fail], 10);
    }
}
END_TEST

START_TEST(a_large_event_gets_a_chunk_that_holds_it)
{
    static char text[20000];
    begin();
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 5; i++)
        EMIT(text_print, VIDEO_CURRENT, clock_instant(), 2, 0, {text, sizeof text, false});
    EMIT(text_print, VIDEO_CURRENT, clock_instant(), 2, 0,
         {text, VL_EVENT_MAX, false}); /* too large: counted */
    ck_assert_uint_eq(read_back("_run").events[VL_text_print], 5);
}
END_TEST

START_TEST(a_spool_that_cannot_be_made_is_counted_and_forgotten)
{
    begin();
    config.spool = "/proc/nothing/spool";
    ck_assert(spool_init());
    write_events(1000);
    ck_assert_int_eq(access("/proc/nothing", F_OK), -1);
}
END_TEST

Suite *suite_writer(void)
{
    Suite *s = suite_create("writer");
    TCase *t = tcase_create("writer");
    tcase_set_timeout(t, 180); /* one that waits for signals gets one a turn on a busy machine */
    tcase_add_test(t, every_event_of_many_chunks_is_there);
    tcase_add_test(t, threads_share_a_file);
    tcase_add_test(t, places_of_ended_threads_are_used_again);
    tcase_add_test(t, signal_handlers_that_interrupt_a_recording_lose_nothing);
    tcase_add_test(t, handlers_that_leave_by_longjmp_lose_nothing_that_had_returned);
    tcase_add_test(t, a_forked_child_writes_under_its_own_name);
    tcase_add_test(t, videos_have_files_of_their_own);
    tcase_add_test(t, more_videos_than_writers_lose_nothing);
    tcase_add_test(t, a_large_event_gets_a_chunk_that_holds_it);
    tcase_add_test(t, a_spool_that_cannot_be_made_is_counted_and_forgotten);
    suite_add_tcase(s, t);
    return s;
}
