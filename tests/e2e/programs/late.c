/* Memory that is gone as soon as what was written from it has arrived: late CALL TO HOW ROUNDS.
 *
 * CALL writes SIZE bytes, over and over, each time from pages of their own. TO: 1 or 2, a pipe by that
 * number; socket: the same, a socket; claude: a pipe, and claude_socket a socket, that is also the standard
 * input of a program called claude; http: a connection to port $PORT of this machine. Whoever has read the
 * last of them takes the pages away before the call may have returned. HOW: unmap; close (no access);
 * truncate (the file that stands behind them); from_outside (the same by another process, while this one has
 * no second thread); blocked (unmap, and the writer blocks all signals). Ends with 0. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 4096, PAGES = 2 * SIZE };

/* Shared with a reader of its own process. */
static struct {
    char *pages; /* atomic: those that are being written */
    int bytes;   /* what arrives of them */
} * now;

static int in, out, backing = -1, rounds;
static const char *how;

static int is(const char *word, const char *other) { return strcmp(word, other) == 0; }

static void fail(int status) { _exit(status); }

/* ---- the reader ---- */

static void take_away(void)
{
    if (backing >= 0) {
        if (ftruncate(backing, 0) != 0)
            fail(10);
    } else if (is(how, "close")) {
        mprotect(now->pages, PAGES, PROT_NONE);
    } else {
        munmap(now->pages, PAGES);
    }
    __atomic_store_n(&now->pages, NULL, __ATOMIC_RELEASE);
}

static void *read_all(void *unused)
{
    static char copy[PAGES];
    for (int i = 0; i < rounds; i++) {
        for (ssize_t got = 0, n; got == 0 || got < now->bytes; got += n)
            if ((n = syscall(SYS_read, in, copy, sizeof copy)) <= 0)
                fail(11);
        take_away();
    }
    return unused;
}

/* ---- the writer ---- */

static char *make_pages(void)
{
    int flags = backing >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    if (backing >= 0 && ftruncate(backing, PAGES) != 0)
        fail(12);
    char *pages = mmap(NULL, PAGES, PROT_READ | PROT_WRITE, flags, backing, 0);
    if (pages == MAP_FAILED)
        fail(13);
    memset(pages, 'x', PAGES);
    pages[SIZE - 2] = '\n';
    pages[SIZE - 1] = '\0';
    return pages;
}

static void call(const char *name, char *text)
{
    struct iovec *parts = (struct iovec *)(text + SIZE);
    struct msghdr *there = (struct msghdr *)(parts + 2);
    struct iovec two[2] = {{text, 96}, {text + 96, SIZE - 96}};
    struct msghdr message = {.msg_iov = two, .msg_iovlen = 2};
    FILE *f = out == 2 ? stderr : stdout;
    memcpy(parts, two, sizeof two);
    *there = (struct msghdr){.msg_iov = parts, .msg_iovlen = 2};
    now->bytes = SIZE;
    if (is(name, "write"))
        now->bytes = (int)write(out, text, SIZE);
    else if (is(name, "by_number"))
        now->bytes = (int)syscall(SYS_write, out, text, SIZE);
    else if (is(name, "writev"))
        now->bytes = (int)writev(out, two, 2);
    else if (is(name, "writev_there")) /* the list of parts goes, too */
        now->bytes = (int)writev(out, parts, 2);
    else if (is(name, "send"))
        now->bytes = (int)send(out, text, SIZE, 0);
    else if (is(name, "sendto"))
        now->bytes = (int)sendto(out, text, SIZE, 0, NULL, 0);
    else if (is(name, "sendmsg"))
        now->bytes = (int)sendmsg(out, &message, 0);
    else if (is(name, "sendmsg_there"))
        now->bytes = (int)sendmsg(out, there, 0);
    else if (is(name, "sendmmsg"))
        sendmmsg(out, &(struct mmsghdr){.msg_hdr = message}, 1, 0);
    else if (is(name, "fwrite"))
        fwrite(text, 1, SIZE, f);
    else if (is(name, "fputs"))
        now->bytes = SIZE - 1, fputs(text, f);
    else if (is(name, "puts"))
        puts(text);
    else if (is(name, "printf"))
        now->bytes = SIZE - 1, fprintf(f, "%s%s", text, ""); /* no compiler makes fputs of it */
    else if (is(name, "line_buffered"))
        printf("%s%s", text, "\n");
    else if (is(name, "dprintf"))
        now->bytes = SIZE - 1, dprintf(out, "%s", text);
    else
        fail(14);
}

static void write_all(const char *name)
{
    static const char head[] =
        "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n";
    for (int i = 0; i < rounds; i++) {
        char *pages = make_pages();
        if (i == 0)
            memcpy(pages, head, sizeof head - 1);
        __atomic_store_n(&now->pages, pages, __ATOMIC_RELEASE);
        call(name, pages);
        while (__atomic_load_n(&now->pages, __ATOMIC_ACQUIRE))
            sched_yield();
        if (backing >= 0 || is(how, "close"))
            munmap(pages, PAGES);
    }
}

/* ---- where it goes ---- */

static void connect_here(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int server = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    name.sin_port = htons((unsigned short)atoi(getenv("PORT")));
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)&name, sizeof name) != 0 || listen(server, 1) != 0)
        fail(15);
    out = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(out, (struct sockaddr *)&name, sizeof name) != 0)
        fail(16);
    in = accept(server, NULL, NULL);
}

/* A program of that name has the same for its input, and reads none of it. */
static void start_claude(void)
{
    if (fork() != 0) {
        usleep(100000); /* it is known then */
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in, 0);
    execl("./claude", "claude", "-p", "late", (char *)NULL);
    _exit(17);
}

static void lead(const char *to)
{
    int ends[2];
    if (is(to, "http")) {
        connect_here();
        return;
    }
    if (strstr(to, "socket") ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends))
        fail(18);
    in = ends[0];
    out = ends[1];
    if (is(to, "1") || is(to, "2") || is(to, "socket")) {
        int standard = is(to, "2") ? 2 : 1;
        dup2(out, standard);
        close(out);
        out = standard;
    }
    if (strstr(to, "claude"))
        start_claude();
}

int main(int count, char **words)
{
    pthread_t thread;
    if (count > 2 && is(words[1], "-p")) /* as claude */
        return pause();
    if (count < 5)
        return 2;
    how = words[3];
    rounds = atoi(words[4]);
    now = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (is(how, "truncate") || is(how, "from_outside"))
        backing = open("pages", O_RDWR | O_CREAT | O_TRUNC, 0600);
    lead(words[2]);
    setvbuf(stdout, NULL, is(words[1], "line_buffered") ? _IOLBF : _IONBF,
            is(words[1], "line_buffered") ? 64 : 0);
    pid_t outside = is(how, "from_outside") ? fork() : -1;
    if (outside == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        read_all(NULL);
        _exit(0);
    }
    if (outside < 0 && pthread_create(&thread, NULL, read_all, NULL) != 0)
        return 3;
    if (is(how, "blocked")) {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, NULL);
    }
    write_all(words[1]);
    if (outside > 0)
        waitpid(outside, NULL, 0);
    else
        pthread_join(thread, NULL);
    return 0;
}
