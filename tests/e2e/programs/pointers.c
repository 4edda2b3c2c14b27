/* Calls every hooked function with pointers that are none: pointers [MODE] [FUNCTION]..., in a folder of its
 * own. A line for each pointer of pointers.def and each kind of badness says what came of it: result and
 * errno, or the signal.
 *
 * MODE is what the calls find: plain, blocked (a thread that blocks all signals), handled (a handler of the
 * program's own, which says that it was called), denied (a filter that keeps the kernel from copying),
 * blocked_and_denied, privileges_given_up, confined (a filter of the program's own). Each call is made in a
 * child of its own, so that a death is a result. list prints the functions; holes says what became of memory
 * that was unmapped before a recorder had much to do. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

extern char **environ;

#define PAGE 4096

/* A system call behind the recorder's back, by no function of libc. The result is the kernel's. */
static long bare(long which, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = 0, r9 __asm__("r9") = 0;
    __asm__ volatile("syscall"
                     : "+a"(which)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return which;
}

/* ---- the pointer in question ---- */

static void *bad; /* P */
static char *there, *constant, *forbidden, *hole;

/* Two pages, of which the second is gone; one that may only be read, one that may not be touched. The hole is
 * as large as what a recorder might want to put there. */
static void make_memory(void)
{
    size_t bytes = 64 * PAGE;
    char *all = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        _exit(2);
    constant = all;
    forbidden = all + PAGE;
    there = all + 2 * PAGE;
    hole = all + 3 * PAGE;
    memset(there, 'x', PAGE);
    mprotect(constant, PAGE, PROT_READ);
    mprotect(forbidden, PAGE, PROT_NONE);
    munmap(hole, 2 * PAGE);
}

static const char *const kinds[] = {"NULL",        "1",         "16",        "-1",       "unmapped",
                                    "half mapped", "read only", "no access", "kernel's", "no address"};
#define KINDS (sizeof kinds / sizeof *kinds)

static void *pointer_of(size_t kind, size_t half)
{
    void *all[KINDS] = {NULL,
                        (void *)1,
                        (void *)16,
                        (void *)-1L,
                        hole + 128,
                        hole - half,
                        constant,
                        forbidden,
                        (void *)0xffff888000001000,
                        (void *)0x4141414141414141};
    return all[kind];
}

/* ---- what the rows work with ---- */

static char buffer[16384], stack[65536] __attribute__((aligned(16)));
static int number, ends[2];
static pid_t pid_room;
static socklen_t length = 16;
static struct sockaddr_un name_room;
static size_t room, room64 = 64;
static char *no_line, *line_of;
static char *good_words[] = {"true", "x", NULL}, *bad_words[4];
static char *options[] = {"pointers", "-x", NULL}, *long_words[] = {"pointers", "--all", NULL};
static const struct option long_options[] = {{"all", no_argument, NULL, 'a'}, {0}};
static const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};

static int file(void) { return (int)bare(SYS_open, (long)"file", O_RDWR, 0, 0); }
static int other(void) { return (int)bare(SYS_open, (long)"other", O_RDWR, 0, 0); }
static int true_file(void) { return (int)bare(SYS_open, (long)"/bin/true", O_RDONLY, 0, 0); }

static int full_socket(void)
{
    bare(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, (long)ends);
    bare(SYS_write, ends[1], (long)"abcde", 5, 0);
    bare(SYS_write, ends[1], (long)"fghij", 5, 0);
    return ends[0];
}

static int socket_of(int family) { return (int)bare(SYS_socket, family, SOCK_STREAM, 0, 0); }

static int called_socket(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "called"};
    int server = socket_of(AF_UNIX);
    unlink("called");
    bare(SYS_bind, server, (long)&name, sizeof name, 0);
    bare(SYS_listen, server, 1, 0, 0);
    bare(SYS_connect, socket_of(AF_UNIX), (long)&name, sizeof name, 0);
    return server;
}

static int pipe_end(int which)
{
    bare(SYS_pipe2, (long)ends, 0, 0, 0);
    bare(SYS_write, ends[1], (long)"abcde", 5, 0);
    return ends[which];
}

static FILE *stream(int buffering, int wide)
{
    FILE *f = fdopen(file(), "r+");
    if (buffering != _IOFBF)
        setvbuf(f, NULL, buffering, 0);
    if (wide)
        fwide(f, 1);
    return f;
}

/* As standard output, but only to be read. */
static FILE *unwritable(void)
{
    bare(SYS_close, 1, 0, 0, 0);
    return fdopen((int)bare(SYS_open, (long)"file", O_RDONLY, 0, 0), "r");
}

static void *parts(int which)
{
    static struct iovec of[2] = {{buffer, 3}, {buffer + 3, 4}};
    of[which].iov_base = bad;
    return of;
}

static void *message(int which)
{
    static struct iovec of = {buffer, 5};
    static struct msghdr m = {.msg_iov = &of, .msg_iovlen = 1};
    if (which == 1)
        m.msg_name = bad, m.msg_namelen = 16;
    else if (which == 2)
        m.msg_iov = bad;
    else if (which == 3)
        of.iov_base = bad;
    else
        m.msg_control = bad, m.msg_controllen = 64;
    return &m;
}

/* The first of two is right. */
static void *messages(int which)
{
    static struct iovec of[2] = {{buffer, 5}, {buffer, 5}};
    static struct mmsghdr m[2] = {{.msg_hdr = {.msg_iov = of, .msg_iovlen = 1}},
                                  {.msg_hdr = {.msg_iov = of + 1, .msg_iovlen = 1}}};
    if (which == 0)
        m[0].msg_hdr.msg_iov = bad;
    else if (which == 1)
        m[1].msg_hdr.msg_name = bad, m[1].msg_hdr.msg_namelen = 16;
    else if (which == 2)
        m[1].msg_hdr.msg_iov = bad;
    else if (which == 3)
        of[1].iov_base = bad;
    return m;
}

static void *words(int which)
{
    memcpy(bad_words, good_words, sizeof good_words);
    bad_words[which] = bad;
    return bad_words;
}

static void *lines(void)
{
    line_of = bad;
    return &line_of;
}

static void *with_environ(const void *then)
{
    environ = bad;
    return (void *)then;
}

static void *with_variable(const void *then)
{
    static char *block[3] = {"A=B"};
    block[1] = bad;
    environ = block;
    return (void *)then;
}

static void *rules(void)
{
    static struct sock_fprog program = {.len = 4};
    program.filter = bad;
    return &program;
}

/* What a va_list is on this machine, with nothing left in registers. */
static void *list(void)
{
    static void *words_of[8];
    static struct {
        unsigned general, floating;
        void *overflow, *registers;
    } of = {48, 304, words_of, NULL};
    words_of[0] = bad;
    return &of;
}

static pid_t ended_child(void)
{
    siginfo_t info;
    pid_t pid = (pid_t)bare(SYS_fork, 0, 0, 0, 0);
    if (pid == 0)
        bare(SYS_exit_group, 9, 0, 0, 0);
    syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT, NULL);
    return pid;
}

static void running_child(void)
{
    long parent = bare(SYS_getpid, 0, 0, 0, 0);
    if (bare(SYS_fork, 0, 0, 0, 0) != 0)
        return;
    bare(SYS_close_range, 0, ~0u, 0, 0); /* nobody waits for what it may write */
    bare(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
    while (bare(SYS_getppid, 0, 0, 0, 0) == parent)
        bare(SYS_pause, 0, 0, 0, 0);
    bare(SYS_exit_group, 0, 0, 0, 0);
}

static int leave(void *nothing)
{
    (void)nothing;
    bare(SYS_exit_group, 7, 0, 0, 0);
    return 0;
}

#define P            bad
#define FILE_        file()
#define OTHER        other()
#define PIPE         pipe_end(1)
#define FULL_PIPE    pipe_end(0)
#define FULL         full_socket()
#define SOCKET       socket_of(AF_UNIX)
#define TCP          socket_of(AF_INET)
#define CALLED       called_socket()
#define BUFFER       buffer
#define LENGTH       &length
#define NAME         &name_room
#define PID          &pid_room
#define FIRST        "first"
#define NEW          "new"
#define MISSING      "missing/x"
#define NO_HOST      "999.999.999.999"
#define HOST         "127.0.0.1"
#define HINTS        &hints
#define TRUE_        "/bin/true"
#define TRUE_NAME    "true"
#define TRUE_FILE    true_file()
#define WORDS        good_words
#define ENVIRON      environ
#define COMMAND      "exit 3"
#define MODE         "r"
#define LEAVE        leave
#define STACK        (stack + sizeof stack)
#define ENDED        ended_child()
#define RUNNING      running_child()
#define SELF         bare(SYS_pidfd_open, getpid(), 0, 0, 0)
#define SELF_PID     getpid()
#define READ_NAME    "read"
#define VERSION      "GLIBC_2.2.5"
#define F_           stream(_IOFBF, 0)
#define U_           stream(_IONBF, 0)
#define W_           stream(_IOFBF, 1)
#define N_           unwritable()
#define O_           stdout
#define E_           stderr
#define LINES        &no_line
#define ROOM         &room
#define ROOM64       &room64
#define WIDE         L"wide"
#define FORMAT       "%s."
#define WIDE_FORMAT  L"%s."
#define WORD         "%s"
#define WIDE_WORD    L"%s"
#define OPTIONS      options
#define LONG_OPTIONS long_words
#define LONG         long_options

/* ---- the table ---- */

typedef long function(long, long, long, long, long, long, long, long);
static function *called; /* of the row's name */

#define CALL_8(a, b, c, d, e, f, g, h, ...)                                                                  \
    called((long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f), (long)(g), (long)(h))
#define CALL(...)               CALL_8(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0)
#define STREAM(name, type, ...) ROW(name, stream, type, 100, __VA_ARGS__)

#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunused-value"
#pragma GCC diagnostic ignored "-Wpointer-to-int-cast"

#define BARE(name)
#define ROW(name, what, type, half, ...)                                                                     \
    static long call_##name##__##what(void) { return CALL(__VA_ARGS__); }
#include "pointers.def"
#undef ROW
#undef BARE

static const struct row {
    const char *name, *what, *type;
    size_t half;
    long (*call)(void);
} rows[] = {
#define BARE(name)                       {#name, NULL, NULL, 0, NULL},
#define ROW(name, what, type, half, ...) {#name, #what, #type, half, call_##name##__##what},
#include "pointers.def"
#undef ROW
#undef BARE
};
#define ROWS (sizeof rows / sizeof *rows)

/* ---- a call ---- */

static struct result {
    long value;
    int error, done;
} * result;

static const char *mode = "plain";
static void *libc; /* there is what a recorder may know and this libc not */
static int report; /* where the lines go */

static int is(const char *word, const char *other_word) { return strcmp(word, other_word) == 0; }

static void on_fault(int signal_number)
{
    (void)signal_number;
    bare(SYS_exit_group, 88, 0, 0, 0);
}

static void enter_mode(void)
{
    sigset_t all;
    sigfillset(&all);
    if (is(mode, "blocked"))
        sigprocmask(SIG_BLOCK, &all, NULL);
    if (is(mode, "handled")) {
        signal(SIGSEGV, on_fault);
        signal(SIGBUS, on_fault);
    }
    if (is(mode, "privileges_given_up"))
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (is(mode, "confined")) {
        struct sock_filter all_of_them = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){1, &all_of_them});
    }
}

/* What differs from run to run is only told apart from nothing. */
static long plain_value(char type, long value)
{
    switch (type) {
    case 'i':
        return (int)value;
    case 'p':
        return value == 0 ? 0 : value == -1 ? -1 : 1;
    case 'b':
        return (int)value < 0 ? (int)value : 1;
    case 'w':
        value = (int)value > 0 ? 1 : (int)value;
        return 10 * value + (bare(SYS_wait4, -1, 0, WNOHANG, 0) > 0 ? 1 : 0);
    case 'n':
        return 0;
    default:
        return value;
    }
}

static void put_at(int standard, const char *path)
{
    int fd = (int)bare(SYS_open, (long)path, O_RDWR, 0, 0);
    bare(SYS_dup2, fd, standard, 0, 0);
    bare(SYS_close, fd, 0, 0, 0);
}

static void run_call(const struct row *row, size_t kind)
{
    const long self = bare(SYS_getpid, 0, 0, 0, 0);
    put_at(0, "file");
    put_at(1, "out");
    put_at(2, "err");
    bad = pointer_of(kind, row->half);
    called = dlsym(libc, row->name) ? (function *)dlsym(RTLD_DEFAULT, row->name) : NULL;
    enter_mode();
    alarm(20);
    errno = 0;
    long value = called ? row->call() : -38;
    int error = errno;
    if (bare(SYS_getpid, 0, 0, 0, 0) != self)
        bare(SYS_exit_group, 7, 0, 0, 0);
    *result = (struct result){plain_value(*row->type, value), error, 1};
    bare(SYS_exit_group, 0, 0, 0, 0);
}

static void tell(const struct row *row, size_t kind, int status)
{
    dprintf(report, "%s %s %s: ", row->name, row->what, kinds[kind]);
    if (result->done)
        dprintf(report, "%ld, errno %d\n", result->value, result->error);
    else if (WIFSIGNALED(status))
        dprintf(report, "signal %d\n", WTERMSIG(status));
    else
        dprintf(report, "ended with %d\n", WEXITSTATUS(status));
}

static void try(const struct row *row)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        int status = 0;
        *result = (struct result){0};
        pid_t pid = fork();
        if (pid == 0)
            run_call(row, kind);
        waitpid(pid, &status, 0);
        tell(row, kind, status);
    }
}

/* ---- the rest ---- */

/* The kernel does not copy for this program, nor for the one that it executes. */
static void deny(char **own_words)
{
    struct sock_filter denying[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {4, denying};
    own_words[1] = is(mode, "denied") ? "plain" : "blocked";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
        execv("/proc/self/exe", own_words);
    _exit(3);
}

/* Everything that a recorder needs memory for. */
static void keep_busy(void)
{
    int null = open("/dev/null", O_WRONLY);
    for (int i = 0; i < 300000; i++)
        if (write(null, "x", 1) != 1)
            _exit(4);
    for (int i = 0; i < 1000; i++)
        if (write(1 + i % 2, "a line\n", 7) != 7)
            _exit(4);
    for (int i = 0; i < 100; i++) {
        int far = fcntl(null, F_DUPFD, 300 + 1024 * i % 20000);
        open("missing", O_RDONLY);
        if (far >= 0)
            close(far);
    }
    execv("missing", good_words);
    dprintf(2, "%9000d\n", 7);
    if (system("exit 3") != 3 << 8)
        _exit(4);
}

/* Of each size, in pages. */
static int holes(void)
{
    enum { SIZES = 11 };
    char *hole_of[SIZES];
    unsigned char there_now[1 << SIZES];
    for (int i = 0; i < SIZES; i++) {
        size_t bytes = ((size_t)1 << i) * PAGE;
        char *all = mmap(NULL, bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        hole_of[i] = all + PAGE;
        munmap(hole_of[i], bytes);
    }
    keep_busy();
    for (int i = 0; i < SIZES; i++)
        for (int page = 0; page < 1 << i; page++)
            if (mincore(hole_of[i] + page * PAGE, PAGE, there_now) == 0)
                dprintf(report, "page %d of a hole of %d is no hole any more\n", page, 1 << i);
    dprintf(report, "done\n");
    return 0;
}

static void make_file(const char *path)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
    if (fd < 0 || write(fd, "12345 first line\n67890 second line\n", 35) != 35)
        _exit(4);
    close(fd);
}

static int chosen(const struct row *row, char **names)
{
    for (char **name = names; *name; name++)
        if (is(*name, row->name))
            return 1;
    return !*names;
}

int main(int count, char **own_words)
{
    static const char *const files[] = {"file", "other", "first", "out", "err"};
    const struct rlimit none = {0, 0};
    mode = count > 1 ? own_words[1] : mode;
    if (is(mode, "list"))
        for (size_t i = 0; i < ROWS; i++)
            printf("%s\n", rows[i].name);
    if (is(mode, "list"))
        return 0;
    if (is(mode, "denied") || is(mode, "blocked_and_denied"))
        deny(own_words);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        make_file(files[i]);
    setrlimit(RLIMIT_CORE, &none);
    libc = dlopen("libc.so.6", RTLD_NOW);
    report = fcntl(1, F_DUPFD_CLOEXEC, 100);
    if (is(mode, "holes"))
        return holes();
    result = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    make_memory();
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].call && chosen(&rows[i], count > 2 ? own_words + 2 : (char *[]){NULL}))
            try(&rows[i]);
    (void)number;
    return 0;
}
