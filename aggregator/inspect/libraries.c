/* "ld.so --list PROGRAM" maps the program and what it needs, and prints where each was found. */
#include "inspect/libraries.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#if defined(__x86_64__)
#define LOADER "/lib64/ld-linux-x86-64.so.2"
#else
#define LOADER "/lib/ld-linux-aarch64.so.1"
#endif

/* "libssl.so.3 => /usr/lib/…/libssl.so.3 (0x7f…)" */
static struct str place_of(struct str line, struct str prefix)
{
    line = str_trim(line);
    ptrdiff_t arrow = str_find(line, STR(" => ")), open = str_find(line, STR(" ("));
    if (!str_starts(line, prefix) || arrow < 0 || open < arrow + 4)
        return STR("");
    return str_slice(line, (size_t)arrow + 4, (size_t)(open - arrow) - 4);
}

/* Of the caller's environment what the loader looks at stays, but for preloads. */
static pid_t start_loader(const char *path, int out)
{
    char *argv[] = {(char *)LOADER, (char *)"--list", (char *)path, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&child, LOADER, &actions, NULL, argv, environ) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

struct str libraries_find(struct arena *arena, const char *path, struct str prefix)
{
    struct str found = STR("");
    int ends[2];
    char line[4200];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return found;
    unsetenv("LD_PRELOAD");
    pid_t child = start_loader(path, ends[1]);
    close(ends[1]);
    FILE *list = fdopen(ends[0], "r");
    while (list && fgets(line, sizeof line, list))
        if (!found.len)
            found = str_copy(arena, place_of(str_of(line), prefix));
    if (list)
        fclose(list);
    if (child > 0)
        waitpid(child, NULL, 0);
    return found;
}
