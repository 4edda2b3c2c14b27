#include "case.h"

#include <dirent.h>

extern const struct case_row __start_case_rows[], __stop_case_rows[];

int case_argc;
char **case_argv;

const char *own_path(void) { return "/proc/self/exe"; }

void say_end(const char *what, pid_t child)
{
    int status = 0;
    pid_t got = waitpid(child, &status, 0);
    if (got != child)
        printf("%s: not waited for, %s\n", what, strerrorname_np(errno));
    else if (WIFSIGNALED(status))
        printf("%s: signal %d%s\n", what, WTERMSIG(status), WCOREDUMP(status) ? ", core" : "");
    else
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
    fflush(stdout);
}

void say_descriptors(void)
{
    for (int fd = 0; fd < 1200; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d(%d) ", fd, fcntl(fd, F_GETFD));
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    case_argc = argc;
    case_argv = argv;
    for (const struct case_row *row = __start_case_rows; row < __stop_case_rows; row++) {
        if (argc < 2)
            puts(row->name);
        else if (strcmp(row->name, argv[1]) == 0) {
            row->run();
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}
