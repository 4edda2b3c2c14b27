/* Small programs in one: each case prints what it can find out, and the test compares a native run with one
 * under the recorder. cases NAME runs one, cases lists them.
 *
 * A case may not print what differs from run to run by itself: pids, times, addresses. */
#ifndef CASE_H
#define CASE_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct case_row {
    const char *name;
    void (*run)(void);
};

/* The rows of all files end up side by side. */
#define CASE(name)                                                                                           \
    static void case_##name(void);                                                                           \
    static const struct case_row row_##name                                                                  \
        __attribute__((section("case_rows"), used)) = {#name, case_##name};                                  \
    static void case_##name(void)

extern int case_argc;
extern char **case_argv;

/* Result and errno of an expression. */
#define SAY(expression)                                                                                      \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        long said = (long)(expression);                                                                      \
        int error = errno;                                                                                   \
        printf("%s = %ld, %s\n", #expression, said, error ? strerrorname_np(error) : "0");                   \
        fflush(stdout);                                                                                      \
        errno = error;                                                                                       \
    } while (0)

/* Waits for a child and prints how it ended. */
void say_end(const char *what, pid_t child);

/* Open descriptors, by number. */
void say_descriptors(void);

/* This program again, as another case. */
const char *own_path(void);

#endif
