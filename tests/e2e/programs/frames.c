/* Calls one hooked function in one situation: frames FRAME FUNCTION, in a folder that test_frames.py has
 * prepared.
 *
 * With STACK in the environment the function runs on a stack of its own, and how much it took of it is told.
 * frames list prints the table of frames.def. What came out is left in a mapped file, so that it is there
 * however the process ends. Everything around the call is done by bare system calls, behind the recorder's
 * back. */
#define _GNU_SOURCE
#include <alloca.h>
#include <dirent.h>
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>
#include <wchar.h>

extern char **environ;

/* What headers do not declare. */
ssize_t __read_chk(int, void *, size_t, size_t), __pread_chk(int, void *, size_t, off_t, size_t);
ssize_t __pread64_chk(int, void *, size_t, off64_t, size_t);
int __open_2(const char *, int), __open64_2(const char *, int), __openat_2(int, const char *, int),
    __openat64_2(int, const char *, int);
FILE *_IO_fopen(const char *, const char *);
int _IO_fclose(FILE *), _IO_fflush(FILE *), _IO_getc(FILE *), _IO_putc(int, FILE *), _IO_puts(const char *),
    _IO_fputs(const char *, FILE *);
size_t _IO_fread(void *, size_t, size_t, FILE *), _IO_fwrite(const void *, size_t, size_t, FILE *);
size_t __fread_chk(void *, size_t, size_t, size_t, FILE *),
    __fread_unlocked_chk(void *, size_t, size_t, size_t, FILE *);
char *_IO_fgets(char *, int, FILE *), *__fgets_chk(char *, size_t, int, FILE *),
    *__fgets_unlocked_chk(char *, size_t, int, FILE *);
char *gets(char *), *_IO_gets(char *), *__gets_chk(char *, size_t);
int __uflow(FILE *), __underflow(FILE *), __overflow(FILE *, int);
int _IO_printf(const char *, ...), __printf_chk(int, const char *, ...),
    __vprintf_chk(int, const char *, va_list);
int _IO_fprintf(FILE *, const char *, ...), __fprintf_chk(FILE *, int, const char *, ...),
    __vfprintf_chk(FILE *, int, const char *, va_list);
int _IO_vfprintf(FILE *, const char *, va_list);
int __dprintf_chk(int, int, const char *, ...), __vdprintf_chk(int, int, const char *, va_list);
int __vfscanf(FILE *, const char *, va_list);
#define SCANF_FAMILY(p)                                                                                      \
    int p##scanf(const char *, ...), p##fscanf(FILE *, const char *, ...), p##vscanf(const char *, va_list); \
    int p##vfscanf(FILE *, const char *, va_list), p##wscanf(const wchar_t *, ...);                          \
    int p##fwscanf(FILE *, const wchar_t *, ...), p##vwscanf(const wchar_t *, va_list);                      \
    int p##vfwscanf(FILE *, const wchar_t *, va_list);
int __sigaction(int, const struct sigaction *, struct sigaction *);
SCANF_FAMILY(__isoc99_)
SCANF_FAMILY(__isoc23_)
ssize_t __read(int, void *, size_t), __write(int, const void *, size_t),
    __pread64(int, void *, size_t, off64_t);
ssize_t __pwrite64(int, const void *, size_t, off64_t), __send(int, const void *, size_t, int);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);
wchar_t *__fgetws_chk(wchar_t *, size_t, int, FILE *), *__fgetws_unlocked_chk(wchar_t *, size_t, int, FILE *);
wint_t __wuflow(FILE *), __wunderflow(FILE *), __woverflow(FILE *, wint_t);
int __fwprintf_chk(FILE *, int, const wchar_t *, ...), __wprintf_chk(int, const wchar_t *, ...);
int __vfwprintf_chk(FILE *, int, const wchar_t *, va_list), __vwprintf_chk(int, const wchar_t *, va_list);
pid_t __fork(void), __vfork(void), __wait(int *), __waitpid(pid_t, int *, int);
int __clone(int (*)(void *), void *, int, void *, ...);
sighandler_t bsd_signal(int, sighandler_t);

/* What a cell leaves behind. */
struct result {
    long wrong, right;
    int wrong_errno, right_errno;
    int done; /* 1: it came back; 2: there is no such function here */
    int used; /* bytes of the stack, where it is measured and came back */
};
static struct result *result;

/* What the rows work with. */
static char buffer[4096], stack[65536] __attribute__((aligned(16))), self[4096];
static char *line, *child[] = {"frames", "child", NULL};
static size_t line_room;
static struct iovec parts[2] = {{buffer, 3}, {buffer + 3, 4}};
static int fd, fresh, pair[2], number, status;
static wchar_t wide[99];
static sigset_t no_signals;
static struct mmsghdr messages[1] = {{.msg_hdr = {.msg_iov = parts, .msg_iovlen = 2}}};
static char *bad_words[] = {"frames", "-x", NULL};
static const struct option long_options[] = {{"all", no_argument, NULL, 'a'}, {0}};
static pid_t started;
static FILE *stream;
static DIR *list;
static fpos_t position;
static fpos64_t position64;
static siginfo_t info;
static union sigval value;
static struct rusage usage;
static struct sigaction action;
__attribute__((used)) static void *function;

/* A system call behind the recorder's back, by no function of libc. The result is the kernel's. */
static long bare(long which, ...)
{
    va_list rest;
    va_start(rest, which);
    long word[6];
    for (int i = 0; i < 6; i++)
        word[i] = va_arg(rest, long); /* those that are not there do no harm */
    va_end(rest);
    register long d __asm__("r10") = word[3], e __asm__("r8") = word[4], f __asm__("r9") = word[5];
    __asm__ volatile("syscall"
                     : "+a"(which)
                     : "D"(word[0]), "S"(word[1]), "d"(word[2]), "r"(d), "r"(e), "r"(f)
                     : "rcx", "r11", "memory");
    return which;
}

static pid_t own_pid(void) { return (pid_t)bare(SYS_getpid); }
static int given(void) { return (int)bare(SYS_open, "file", O_RDWR); }
static int folder(void) { return (int)bare(SYS_open, ".", O_RDONLY | O_DIRECTORY); }
static int new_socket(void) { return (int)bare(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }

static int other(void) { return (int)bare(SYS_open, "other", O_RDWR); }
static void raw_pipe(void) { bare(SYS_pipe2, pair, 0); }

/* One end of two, in which five bytes wait. */
static int full_socket(void)
{
    bare(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
    bare(SYS_write, pair[1], "abcde", 5);
    return pair[0];
}

/* One that somebody has called. */
static int called_socket(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "called"};
    int server = new_socket();
    bare(SYS_bind, server, &name, sizeof name);
    bare(SYS_listen, server, 1);
    bare(SYS_connect, new_socket(), &name, sizeof name);
    return server;
}

/* A descriptor that the recorder has met. */
static int known(void)
{
    int here = given();
    if (read(here, buffer, 0) != 0)
        abort();
    return here;
}

/* The number is free again and becomes another file, behind the recorder's back. */
static long read_other(void) { return read((int)bare(SYS_open, "other", O_RDONLY), buffer, 5); }

/* A number that the recorder knows as the cell's file, closed behind its back. */
static int taken_over(void)
{
    int met = known();
    bare(SYS_close, met);
    return met;
}

static FILE *S(void) { return fdopen(given(), "r+"); }
static FILE *unreadable(void) { return fdopen((int)bare(SYS_open, "file", O_WRONLY), "w"); }
static FILE *unwritable(void) { return fdopen((int)bare(SYS_open, "file", O_RDONLY), "r"); }

static FILE *U(void)
{
    FILE *unbuffered = S();
    setvbuf(unbuffered, NULL, _IONBF, 0);
    return unbuffered;
}

/* Three bytes wait in the buffer. */
static FILE *pending(void)
{
    FILE *waiting = S();
    fputs("abc", waiting);
    return waiting;
}

static FILE *of_pipe(void)
{
    int ends[2];
    bare(SYS_pipe2, ends, 0);
    return fdopen(ends[0], "r");
}

static void put_at(int standard)
{
    int here = given();
    if (here == standard)
        return;
    bare(SYS_dup3, here, standard, 0);
    bare(SYS_close, here);
}

static void IN(void) { put_at(0); }

static void OUT(void)
{
    put_at(1);
    setvbuf(stdout, NULL, _IONBF, 0);
}

static void ERR(void) { put_at(2); }

static FILE *wide_stream(FILE *of)
{
    fwide(of, 1);
    return of;
}

static FILE *WS(void) { return wide_stream(S()); }
static FILE *WU(void) { return wide_stream(U()); }

static char *template(const char *text) { return strcpy(buffer, text); }

/* An address written out is no question to anybody. */
static const struct addrinfo written_out = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
static struct addrinfo *addresses;
static struct hostent host, *found_host;
static int host_error;

static const struct sockaddr *address_of(const char *path)
{
    static struct sockaddr_un name = {.sun_family = AF_UNIX};
    strcpy(name.sun_path, path);
    return (const struct sockaddr *)&name;
}

static int leave(void *nothing)
{
    (void)nothing;
    _exit(7);
}

static long reap(pid_t pid)
{
    return waitpid(pid, &status, 0) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One that the recorder does not know. */
static pid_t ended_child(void)
{
    pid_t pid = (pid_t)bare(SYS_fork);
    if (pid == 0)
        bare(SYS_exit_group, 9);
    return pid;
}

static void ignore(int signal_number) { (void)signal_number; }

static int answer(sighandler_t before)
{
    return before == SIG_ERR ? -1 : before == SIG_DFL ? 0 : before == ignore ? 1 : 2;
}

#define PASS_ON(name, type, first, call)                                                                     \
    static int name(__typeof__(int type) *f, first...)                                                       \
    {                                                                                                        \
        va_list words;                                                                                       \
        va_start(words, format);                                                                             \
        int got = call;                                                                                      \
        va_end(words);                                                                                       \
        return got;                                                                                          \
    }
#define COMMA ,
PASS_ON(with_format, (const char *, va_list), const char *format COMMA, f(format, words))
PASS_ON(with_wide_format, (const wchar_t *, va_list), const wchar_t *format COMMA, f(format, words))
PASS_ON(with_stream, (FILE *, const char *, va_list), FILE *to COMMA const char *format COMMA,
        f(to, format, words))
PASS_ON(with_wide_stream, (FILE *, const wchar_t *, va_list), FILE *to COMMA const wchar_t *format COMMA,
        f(to, format, words))
PASS_ON(with_descriptor, (int, const char *, va_list), int to COMMA const char *format COMMA,
        f(to, format, words))
PASS_ON(checked_format, (int, const char *, va_list), const char *format COMMA, f(1, format, words))
PASS_ON(checked_stream, (FILE *, int, const char *, va_list), FILE *to COMMA const char *format COMMA,
        f(to, 1, format, words))
PASS_ON(checked_descriptor, (int, int, const char *, va_list), int to COMMA const char *format COMMA,
        f(to, 1, format, words))
PASS_ON(checked_wide_format, (int, const wchar_t *, va_list), const wchar_t *format COMMA,
        f(1, format, words))
PASS_ON(checked_wide_stream, (FILE *, int, const wchar_t *, va_list),
        FILE *to COMMA const wchar_t *format COMMA, f(to, 1, format, words))

static void said(void (*f)(const char *, va_list), const char *format, ...)
{
    va_list words;
    va_start(words, format);
    f(format, words);
    va_end(words);
}

static void said_last(void (*f)(int, const char *, va_list), const char *format, ...)
{
    va_list words;
    va_start(words, format);
    f(7, format, words);
    va_end(words);
}

/* ---- a stack for the call alone ---- */

#define PAINT       ((char)0xa5)
#define PAINTED     (256 << 10)
#define PAINT_BELOW (48 << 10)

__attribute__((used)) static char *painted; /* its top; NULL: the call is made where it is */
void on_painted(void) __attribute__((visibility("hidden")));

/* The function with the arguments that it was given, those on the stack included. */
__asm__(".pushsection .text\n"
        "on_painted:\n\t"
        "push %rbp\n\t"
        "mov %rsp, %rbp\n\t"
        "mov painted(%rip), %rsp\n\t"
        "sub $64, %rsp\n\t"
        "movups 16(%rbp), %xmm8\n\t"
        "movups %xmm8, (%rsp)\n\t"
        "movups 32(%rbp), %xmm8\n\t"
        "movups %xmm8, 16(%rsp)\n\t"
        "movups 48(%rbp), %xmm8\n\t"
        "movups %xmm8, 32(%rsp)\n\t"
        "call *function(%rip)\n\t"
        "leave\n\t"
        "ret\n"
        ".popsection\n");

/* ---- the table ---- */

/* Some are there for old programs alone. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define F(name) ((__typeof__(&name))(painted ? (void *)on_painted : function))
#define NONE    0
#define ROW(name, events, wrong_call, right_call)                                                            \
    static void call_##name(struct result *r)                                                                \
    {                                                                                                        \
        errno = 77;                                                                                          \
        r->wrong = (long)(wrong_call);                                                                       \
        r->wrong_errno = errno;                                                                              \
        errno = 77;                                                                                          \
        r->right = (long)(right_call);                                                                       \
        r->right_errno = errno;                                                                              \
    }
#include "frames.def"
#undef ROW

static const struct row {
    const char *name, *events;
    void (*call)(struct result *r);
} rows[] = {
#define ROW(name, events, wrong_call, right_call) {#name, events, call_##name},
#include "frames.def"
#undef ROW
};

static const struct row *row; /* the chosen one */

/* ---- how much of the stack ---- */

static bool starts_with(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static bool measures;

/* Somebody else has to look how much was used. */
static bool never_returns(const char *name)
{
    return starts_with(name, "exec") || starts_with(name, "fexecve") || starts_with(name, "_exit") ||
           starts_with(name, "_Exit") || starts_with(name, "quick_exit") || starts_with(name, "verr") ||
           (starts_with(name, "err") && !starts_with(name, "error"));
}

static int used_of(const char *bottom, const char *top)
{
    const char *p = bottom;
    while (p < top && *p == PAINT)
        p++;
    return (int)(top - p);
}

/* Which returns twice, the second time into a frame that the first has left, stays where it is. */
static __attribute__((noinline)) void measure_below(void)
{
    char *bottom = alloca(PAINT_BELOW);
    memset(bottom, PAINT, PAINT_BELOW);
    __asm__ volatile("" ::"r"(bottom) : "memory");
}

static __attribute__((noinline)) int used_below(void)
{
    char *bottom = alloca(PAINT_BELOW);
    __asm__ volatile("" : "+r"(bottom)::"memory");
    return used_of(bottom, bottom + PAINT_BELOW);
}

static void measure(void)
{
    if (strstr(row->name, "vfork")) {
        measure_below();
        row->call(result);
        result->used = used_below();
        return;
    }
    int file = never_returns(row->name) ? (int)bare(SYS_open, "stack", O_RDWR) : -1;
    char *bottom = (char *)bare(SYS_mmap, NULL, PAINTED, PROT_READ | PROT_WRITE,
                                file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, file, 0);
    if (file >= 0)
        bare(SYS_close, file);
    memset(bottom, PAINT, PAINTED);
    painted = bottom + PAINTED;
    row->call(result);
    result->used = used_of(bottom, painted);
    painted = NULL;
}

static void run_cell(void)
{
    if (function && !measures)
        row->call(result);
    else if (function)
        measure();
    result->done = function ? 1 : 2;
}

/* ---- the frames ---- */

static void plain(void) { run_cell(); }

static void *in_thread(void *nothing)
{
    run_cell();
    return nothing;
}

static void thread(void)
{
    pthread_t other;
    pthread_create(&other, NULL, in_thread, NULL);
    pthread_join(other, NULL);
}

static void forked(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        run_cell();
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

static void vforked(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        run_cell();
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

static void after_exec(void)
{
    if (getenv("FRAMES_AGAIN")) {
        run_cell();
        return;
    }
    setenv("FRAMES_AGAIN", "1", 1);
    execl(self, self, "after_exec", row->name, (char *)NULL);
}

static void on_signal(int signal_number)
{
    (void)signal_number;
    run_cell();
}

static void in_handler(void)
{
    struct sigaction set = {.sa_handler = on_signal};
    sigaction(SIGUSR2, &set, NULL);
    bare(SYS_kill, own_pid(), SIGUSR2);
}

/* ---- little room ---- */

#define ROOM_LEFT 4096

static char *lowest; /* where a handler's frame begins */

static void find_lowest(int signal_number)
{
    (void)signal_number;
    lowest = __builtin_frame_address(0);
}

/* A stack for signals that ends so many bytes below what the kernel puts there; a page before it is none. */
static void small_signal(void)
{
    char *room =
        (char *)bare(SYS_mmap, NULL, 1 << 17, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack_for_signals = {.ss_sp = room, .ss_size = 1 << 17};
    struct sigaction set = {.sa_handler = find_lowest, .sa_flags = SA_ONSTACK};
    sigaltstack(&stack_for_signals, NULL);
    sigaction(SIGUSR2, &set, NULL);
    bare(SYS_kill, own_pid(), SIGUSR2);
    size_t below = (size_t)(lowest - room - 2 * ROOM_LEFT) & ~(size_t)4095;
    bare(SYS_munmap, room, below - 4096);
    bare(SYS_mprotect, room + below - 4096, 4096, PROT_NONE);
    stack_for_signals.ss_sp = room + below;
    stack_for_signals.ss_size = ROOM_LEFT + (size_t)(room + (1 << 17) - lowest);
    sigaltstack(&stack_for_signals, NULL);
    set.sa_handler = on_signal;
    sigaction(SIGUSR2, &set, NULL);
    bare(SYS_kill, own_pid(), SIGUSR2);
}

static void small_thread(void)
{
    pthread_t other;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN);
    if (pthread_create(&other, &attributes, in_thread, NULL) == 0)
        pthread_join(other, NULL);
}

static void all_closed(void)
{
    bare(SYS_close_range, 0, ~0u, 0);
    run_cell();
}

static void no_environment(void)
{
    clearenv();
    environ = (char *[]){NULL};
    run_cell();
}

static void killed_after(void)
{
    run_cell();
    bare(SYS_kill, own_pid(), SIGKILL);
}

/* The recorder's instructions; nothing where it is not there. */
static int find_recorder(struct dl_phdr_info *object, size_t bytes, void *range)
{
    uint64_t *of = range;
    (void)bytes;
    if (!strstr(object->dlpi_name, "libvlshim.so"))
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            of[0] = object->dlpi_addr + part->p_vaddr;
            of[1] = of[0] + part->p_memsz;
        }
    }
    return 1;
}

/* A filter that kills at any system call that the recorder makes itself: but for vfork, which is the
 * program's own. */
static void confined(void)
{
    uint64_t of[2] = {0, 0};
    dl_iterate_phdr(find_recorder, of);
    const unsigned number_at = offsetof(struct seccomp_data, nr),
                   from_at = offsetof(struct seccomp_data, instruction_pointer);
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number_at),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_vfork, 5, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, from_at + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, of[0] >> 32, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, from_at),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)of[0], 0, 1),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)of[1], 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
        run_cell();
}

static const struct frame {
    const char *name;
    void (*run)(void);
} frames[] = {
    {"plain", plain},
    {"before_main", plain},
    {"thread", thread},
    {"forked", forked},
    {"vforked", vforked},
    {"after_exec", after_exec},
    {"in_handler", in_handler},
    {"small_signal", small_signal},
    {"small_thread", small_thread},
    {"all_closed", all_closed},
    {"no_environment", no_environment},
    {"killed_after", killed_after},
    {"confined", confined},
};

static void choose(char **words)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(words[2], rows[i].name) == 0)
            row = &rows[i];
    if (!row)
        _exit(2);
    measures = getenv("STACK");
    strcpy(self, words[0]);
    function = dlsym(RTLD_DEFAULT, row->name);
    int file = (int)bare(SYS_open, "result", O_RDWR);
    result = (struct result *)bare(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    bare(SYS_close, file);
}

__attribute__((constructor)) static void before_main(int count, char **words)
{
    if (count != 3)
        return;
    choose(words);
    if (strcmp(words[1], "before_main") == 0)
        run_cell();
}

int main(int count, char **words)
{
    if (count == 2 && strcmp(words[1], "child") == 0)
        return 7;
    if (count == 2 && strcmp(words[1], "list") == 0)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            printf("%s\t%s\n", rows[i].name, rows[i].events);
    for (size_t i = 0; count == 3 && i < sizeof frames / sizeof *frames; i++)
        if (strcmp(words[1], frames[i].name) == 0 && i != 1)
            frames[i].run();
    return 0;
}
