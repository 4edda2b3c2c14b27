/* Threads: many, small, cancelled, and forks among them. */
#include "case.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <time.h>

static void *writes(void *argument)
{
    int fd = open("/dev/null", O_WRONLY);
    for (long i = 0; i < (long)argument; i++)
        write(fd, "x", 1);
    close(fd);
    return argument;
}

static int threads_now(void)
{
    int n = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; (e = readdir(tasks));)
        n += e->d_name[0] != '.';
    closedir(tasks);
    return n;
}

CASE(one_thread_stays_one)
{
    writes((void *)100000);
    printf("%d\n", threads_now());
    say_descriptors();
}

CASE(five_hundred_threads)
{
    static pthread_t all[500];
    for (int i = 0; i < 500; i++)
        pthread_create(&all[i], NULL, writes, (void *)1000);
    long sum = 0;
    for (int i = 0; i < 500; i++) {
        void *result;
        pthread_join(all[i], &result);
        sum += (long)result;
    }
    printf("%ld %d\n", sum, threads_now());
    say_descriptors();
}

CASE(threads_one_after_another)
{
    for (int i = 0; i < 2000; i++) {
        pthread_t t;
        pthread_create(&t, NULL, writes, (void *)2);
        pthread_join(t, NULL);
    }
    puts("done");
}

CASE(a_thread_with_the_smallest_stack)
{
    pthread_attr_t small;
    pthread_t t;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
    SAY(pthread_create(&t, &small, writes, (void *)10000));
    SAY(pthread_join(t, NULL));
}

static void *reads(void *fd)
{
    char c;
    read((int)(long)fd, &c, 1);
    return "not cancelled";
}

CASE(a_blocked_read_is_cancelled)
{
    int fds[2];
    void *result;
    pthread_t t;
    pipe(fds);
    for (int i = 0; i < 50; i++) {
        pthread_create(&t, NULL, reads, (void *)(long)fds[0]);
        usleep(1000);
        pthread_cancel(t);
        pthread_join(t, &result);
        if (result != PTHREAD_CANCELED)
            puts(result);
    }
    writes((void *)1000);
    puts("done");
}

static void cleanup(void *text) { puts(text); }

static void *waits(void *child)
{
    pthread_cleanup_push(cleanup, "cleaned up");
    waitpid((pid_t)(long)child, NULL, 0);
    pthread_cleanup_pop(0);
    return NULL;
}

CASE(a_blocked_wait_is_cancelled)
{
    pthread_t t;
    pid_t child = fork();
    if (child == 0) {
        alarm(60); /* whatever becomes of its parent */
        for (;;)
            pause();
    }
    pthread_create(&t, NULL, waits, (void *)(long)child);
    usleep(20000);
    pthread_cancel(t);
    pthread_join(t, NULL);
    kill(child, SIGKILL);
    say_end("child", child);
}

static volatile int going = 1;

static void *opens(void *unused)
{
    (void)unused;
    while (going)
        close(open("/dev/null", O_RDONLY));
    return NULL;
}

CASE(forks_among_threads)
{
    pthread_t all[4];
    int good = 0, status;
    for (int i = 0; i < 4; i++)
        pthread_create(&all[i], NULL, opens, NULL);
    for (int i = 0; i < 100; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            writes((void *)500);
            _exit(threads_now() == 1 ? 0 : 1);
        }
        waitpid(pid, &status, 0);
        good += status == 0;
    }
    going = 0;
    for (int i = 0; i < 4; i++)
        pthread_join(all[i], NULL);
    printf("%d\n", good);
}

static void before(void) { puts("before"); }
static void in_parent(void) { puts("in the parent"); }
static void in_child(void) { puts("in the child"); }

CASE(atfork_handlers)
{
    pthread_atfork(before, in_parent, in_child);
    if (fork() == 0)
        exit(0);
    wait(NULL);
}

static pthread_key_t key;
static void destroy(void *value)
{
    printf("destroyed %s\n", (char *)value);
    write(1, "and wrote\n", 10);
}

static void *has_value(void *value)
{
    pthread_setspecific(key, value);
    return NULL;
}

CASE(thread_values_are_destroyed)
{
    pthread_t t;
    setbuf(stdout, NULL);
    pthread_key_create(&key, destroy);
    pthread_create(&t, NULL, has_value, "a value");
    pthread_join(t, NULL);
}

CASE(all_thread_keys_are_there)
{
    int n = 0;
    pthread_key_t k;
    while (pthread_key_create(&k, NULL) == 0)
        n++;
    printf("%d\n", n);
}

static void *fails(void *unused)
{
    (void)unused;
    open("/nowhere", O_RDONLY);
    return (void *)(long)errno;
}

CASE(errno_is_each_threads_own)
{
    pthread_t t;
    void *result;
    errno = EDOM;
    pthread_create(&t, NULL, fails, NULL);
    pthread_join(t, &result);
    printf("%s %s\n", strerrorname_np(errno), strerrorname_np((int)(long)result));
}

CASE(the_heap_is_the_programs)
{
    struct mallinfo2 a = mallinfo2();
    writes((void *)100000);
    for (int i = 0; i < 100; i++)
        close(open("/dev/null", O_RDONLY));
    struct mallinfo2 b = mallinfo2();
    printf("%zu %zu %zu\n", a.uordblks, b.uordblks - a.uordblks, b.hblks);
    void *top = sbrk(0);
    writes((void *)100000);
    printf("%d\n", sbrk(0) == top);
}

CASE(a_pending_dlerror)
{
    dlopen("no-such-library.so", RTLD_NOW);
    rename("/nowhere/a", "/nowhere/b");
    kill(getpid(), 0);
    puts(dlerror());
    puts(dlerror() ? "again" : "once");
}

CASE(lookups_find_working_functions)
{
    ssize_t (*by_name)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_DEFAULT, "write");
    ssize_t (*next)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    SAY(by_name(1, "by name\n", 8));
    SAY(next(1, "next\n", 5));
    void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
    ssize_t (*own)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(libc, "write");
    SAY(own(1, "libc's\n", 7));
}

CASE(the_time_zone_is_read_when_the_program_asks)
{
    time_t moment = 1700000000;
    struct tm tm;
    setenv("TZ", "AAA5", 1);
    localtime_r(&moment, &tm);
    printf("%d %s\n", tm.tm_hour, tm.tm_zone);
    setenv("TZ", "BBB-3", 1);
    printf("%d\n", localtime(&moment)->tm_hour);
}

static int deep(int n)
{
    char room[256];
    int fd = n % 100 == 0 ? open("/dev/null", O_RDONLY) : -1;
    room[0] = (char)n;
    if (fd >= 0)
        close(fd);
    return n == 0 ? room[0] : deep(n - 1) + (room[0] == (char)n);
}

static void *recurses(void *unused)
{
    (void)unused;
    return (void *)(long)deep(1200);
}

CASE(deep_recursion_on_a_small_stack)
{
    pthread_attr_t attributes;
    pthread_t t;
    void *result;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 << 10);
    pthread_create(&t, &attributes, recurses, NULL);
    pthread_join(t, &result);
    printf("%ld\n", (long)result);
}

static void *claims(void *unused)
{
    (void)unused;
    static const char text[64] = "a line of the program's own";
    int fd = open("/dev/null", O_WRONLY);
    while (going) /* descriptors known by name, and thousands of events: chunk after chunk */
        for (int i = 0; i < 2000; i++)
            write(fd, text, sizeof text);
    close(fd);
    return NULL;
}

CASE(low_descriptors_beside_claims)
{
    pthread_t all[3];
    int file = open("users-file", O_RDWR | O_CREAT | O_TRUNC, 0600), moved = 0;
    dup2(file, 90);
    close(file);
    for (int i = 0; i < 3; i++)
        pthread_create(&all[i], NULL, claims, NULL);
    for (int i = 0; i < 200000;
         i++) { /* whoever holds a low number for a moment finds the user's file there */
        int low = 6 + i % 8;
        moved += dup2(90, low) == low;
        close(low);
    }
    going = 0;
    for (int i = 0; i < 3; i++)
        pthread_join(all[i], NULL);
    printf("%d %ld\n", moved, (long)lseek(90, 0, SEEK_END));
}
