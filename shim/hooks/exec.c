/* Programs that begin: exec* in this process, posix_spawn in a child. The environment that they get carries
 * us on; it is built on the caller's stack. */
#include "emit.h"
#include "ending.h"
#include "env.h"
#include "hook.h"
#include "memory.h"
#include "paths.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <unistd.h>

extern char **environ;

#define POINTERS_ON_STACK 8192

/* Room for a child's environment, on the stack of the function that uses it. */
#define CHILD_ENVIRONMENT(from)                                                                              \
    ({                                                                                                       \
        const struct video *video = current_video();                                                         \
        size_t count = env_count(from) + 5, text = env_text_bytes((from), video);                            \
        char **pointers = count <= POINTERS_ON_STACK ? __builtin_alloca(count * sizeof *pointers)            \
                                                     : memory_map(count * sizeof *pointers);                 \
        if (pointers)                                                                                        \
            env_for_child((from), video, pointers, __builtin_alloca(text), text);                            \
        pointers ? pointers : (char **)(from);                                                               \
    })

static const struct video *current_video(void)
{
    struct thread *t = thread_get();
    return video_get(t ? t->video : VIDEO_NONE);
}

static void env_for_child(char *const *from, const struct video *video, char **block, char *text,
                          size_t text_bytes)
{
    struct identity who = thread_identity();
    env_build(from, &who, video, block, text, text_bytes);
}

/* The video of the program that begins: what its words say, else what this thread works on. */
static uint32_t video_of_program(char *const *argv)
{
    uint32_t named = video_of_argv(argv);
    return named != VIDEO_NONE ? named : VIDEO_CURRENT;
}

/* A program given by name alone is searched for in PATH and recorded by that name. */
static struct span program_span(struct path *room, int directory, const char *program)
{
    if (!program)
        return span_of("");
    if (strchr(program, '/') && path_make(room, directory, program))
        return (struct span){room->text, (uint32_t)room->length, false};
    return span_of(program);
}

/* Searching PATH by trying is common: what is not even there ends nothing. */
static bool may_succeed(int directory, const char *program)
{
    return !program || !strchr(program, '/') || raw(SYS_faccessat, directory, program, X_OK) == 0;
}

static void exec_begins(int directory, const char *program, char *const *argv)
{
    int error = errno;
    struct path room;
    struct args args = args_measure(program, argv);
    EMIT(process_exec, video_of_program(argv), clock_instant(), program_span(&room, directory, program), args,
         args.full_bytes);
    if (may_succeed(directory, program))
        ending_by_exec();
    errno = error;
}

static int exec_failed(int result)
{
    int error = errno;
    EMIT(exec_fail, VIDEO_CURRENT, clock_instant(), error);
    errno = error;
    return result;
}

/* ---- exec with an array ---- */

CALLS(int, execve, (const char *path, char *const argv[], char *const envp[]));
CALLS(int, execvpe, (const char *file, char *const argv[], char *const envp[]));

static int exec_path(const char *path, char *const argv[], char *const envp[])
{
    char **block = CHILD_ENVIRONMENT(envp);
    exec_begins(AT_FDCWD, path, argv);
    return exec_failed(REAL(execve)(path, argv, block));
}

static int exec_file(const char *file, char *const argv[], char *const envp[])
{
    char **block = CHILD_ENVIRONMENT(envp);
    exec_begins(AT_FDCWD, file, argv);
    return exec_failed(REAL(execvpe)(file, argv, block));
}

#define EXEC_ROW(name, params, on, off)                                                                      \
    HOOK_ONLY(int, name, params) { return shim_on() ? on : off; }

EXEC_ROW(execve, (const char *path, char *const argv[], char *const envp[]), exec_path(path, argv, envp),
         REAL(execve)(path, argv, envp))
EXEC_ROW(execv, (const char *path, char *const argv[]), exec_path(path, argv, environ),
         REAL(execve)(path, argv, environ))
EXEC_ROW(execvpe, (const char *file, char *const argv[], char *const envp[]), exec_file(file, argv, envp),
         REAL(execvpe)(file, argv, envp))
EXEC_ROW(execvp, (const char *file, char *const argv[]), exec_file(file, argv, environ),
         REAL(execvpe)(file, argv, environ))

HOOK(int, fexecve, (int fd, char *const argv[], char *const envp[]))
{
    if (!shim_on())
        return REAL(fexecve)(fd, argv, envp);
    char **block = CHILD_ENVIRONMENT(envp);
    exec_begins(fd, NULL, argv);
    return exec_failed(REAL(fexecve)(fd, argv, block));
}

HOOK(int, execveat, (int directory, const char *path, char *const argv[], char *const envp[], int flags))
{
    if (!shim_on())
        return REAL(execveat)(directory, path, argv, envp, flags);
    char **block = CHILD_ENVIRONMENT(envp);
    exec_begins(directory, path, argv);
    return exec_failed(REAL(execveat)(directory, path, argv, block, flags));
}

/* ---- exec with a list ---- */

static size_t list_count(va_list list)
{
    size_t n = 1; /* the first word came as a parameter */
    while (va_arg(list, char *))
        n++;
    return n;
}

/* The list as an array on the stack; for execle the environment stands behind the NULL. */
#define EXECL_ROW(name, run, take_environment)                                                               \
    HOOK_ONLY(int, name, (const char *program, const char *word, ...))                                       \
    {                                                                                                        \
        va_list list;                                                                                        \
        va_start(list, word);                                                                                \
        size_t n = word ? list_count(list) : 0;                                                              \
        va_end(list);                                                                                        \
        char **argv = __builtin_alloca((n + 1) * sizeof *argv);                                              \
        va_start(list, word);                                                                                \
        argv[0] = (char *)word;                                                                              \
        for (size_t i = 1; i <= n; i++)                                                                      \
            argv[i] = va_arg(list, char *);                                                                  \
        char *const *envp = take_environment ? va_arg(list, char *const *) : (char *const *)environ;         \
        va_end(list);                                                                                        \
        return run(program, argv, envp);                                                                     \
    }

EXECL_ROW(execl, hook_execve, false)
EXECL_ROW(execlp, hook_execvpe, false)
EXECL_ROW(execle, hook_execve, true)

/* ---- posix_spawn ---- */

static void spawned(int error, pid_t child, int how, const char *program, char *const *argv, uint64_t start)
{
    int kept = errno;
    struct path room;
    struct args args = args_measure(program, argv);
    EMIT(process_spawn, video_of_program(argv), clock_timing(start), (uint64_t)how,
         error == 0 ? (uint64_t)child : 0, error, program_span(&room, AT_FDCWD, program), args,
         args.full_bytes);
    errno = kept;
}

#define SPAWN_ROW(name)                                                                                      \
    HOOK(int, name,                                                                                          \
         (pid_t * child, const char *program, const posix_spawn_file_actions_t *actions,                     \
          const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]))                      \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(child, program, actions, attributes, argv, envp);                              \
        char **block = CHILD_ENVIRONMENT(envp);                                                              \
        pid_t own = 0;                                                                                       \
        child = child ? child : &own;                                                                        \
        uint64_t start = clock_ticks();                                                                      \
        int error = REAL(name)(child, program, actions, attributes, argv, block);                            \
        spawned(error, error == 0 ? *child : 0, VL_START_POSIX_SPAWN, program, argv, start);                 \
        return error;                                                                                        \
    }

SPAWN_ROW(posix_spawn)
SPAWN_ROW(posix_spawnp)
