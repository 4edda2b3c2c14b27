/* Programs that begin: exec* in this process, posix_spawn in a child. The environment that they get carries
 * us on. */
#include "birth.h"
#include "emit.h"
#include "ending.h"
#include "env.h"
#include "hook.h"
#include "memory.h"
#include "paths.h"
#include "prompts.h"
#include "seals.h"
#include "state.h"
#include "target.h"
#include "user_memory.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <unistd.h>

extern char **environ;

/* A program that is about to begin, and what it gets. */
struct begin {
    int directory; /* as in openat() */
    const char *program;
    bool search;   /* in PATH */
    uint64_t call; /* when the call began, if it is a spawn's */
    enum target target;
    char *const *from; /* the environment as given */
    char **block;      /* as the program gets it */
    void *piece;       /* of scratch, where it is there if it is not too long */
    size_t mapped;     /* bytes of it, where it is */
    char *text;
    size_t text_bytes;
};

static const struct video *current_video(void)
{
    struct thread *t = thread_get();
    return video_get(t ? t->video : VIDEO_NONE);
}

static size_t pointer_bytes(char *const *from) { return (env_count(from) + ENV_EXTRA) * sizeof(char *); }

static void begin_build(struct begin *b)
{
    b->target = b->program ? target_of(b->directory, b->program, b->search) : TARGET_LIKE_US;
    struct identity who = thread_identity();
    struct env_words words = {
        .who = &who, .call = b->call, .video = current_video(), .leave_out = target_without_us(b->target)};
    if (target_is_stranger(b->target) && b->call)
        words.call = STATE_IN_ENVIRON; /* who reads it may be a child of its */
    if (b->block)
        env_build(b->from, &words, b->block, b->text, b->text_bytes);
    else
        b->block = (char **)b->from;
}

/* The call has come back: nobody needs the block any more. */
static void begin_end(struct begin *b)
{
    if (b->mapped) {
        raw(SYS_munmap, b->block, b->mapped);
        thread_child_left(NULL, 0);
    }
    scratch_leave(&b->piece);
}

/* What was mapped in a vfork child that executes a program is left to its parent. */
static char **map_block(struct begin *b, size_t bytes)
{
    char **block = memory_map(bytes);
    b->mapped = block ? bytes : 0;
    if (block)
        thread_child_left(block, bytes);
    return block;
}

static struct begin begin_make(struct begin b, uintptr_t frame)
{
    size_t pointers = pointer_bytes(b.from);
    b.text_bytes = env_text_bytes(b.from, current_video());
    b.piece = scratch_take(frame);
    b.block =
        b.piece && pointers + b.text_bytes <= SCRATCH_ROOM ? b.piece : map_block(&b, pointers + b.text_bytes);
    b.text = (char *)b.block + pointers;
    begin_build(&b);
    return b;
}

/* By the function that makes the call. */
#define BEGIN(at, name, in_path, environment, began)                                                         \
    begin_make((struct begin){.directory = (at),                                                             \
                              .program = (name),                                                             \
                              .search = (in_path),                                                           \
                              .from = (environment),                                                         \
                              .call = (began)},                                                              \
               THIS_FRAME)

/* The video of the program that begins: what its words say, else what this thread works on. */
static uint32_t video_of_program(const struct args *args)
{
    uint32_t named = video_of_command(&args->command);
    return named != VIDEO_NONE ? named : VIDEO_CURRENT;
}

/* A program given by name alone is searched for in PATH and recorded by that name; an empty one is a
 * descriptor. */
static struct span program_span(struct path *room, const struct begin *b)
{
    if (!b->program)
        return span_of("");
    if ((strchr(b->program, '/') || !b->search) && room && path_make(room, b->directory, b->program))
        return (struct span){room->text, (uint32_t)room->length, false};
    return span_of(b->program);
}

/* Programs look for others by trying, and what is not to be read is taken for one like us. */
static bool can_be_executed(const struct begin *b)
{
    return b->search || !*b->program || raw(SYS_faccessat, b->directory, b->program, X_OK) == 0;
}

static void exec_begins(const struct begin *b, char *const *argv)
{
    int error = errno;
    SCRATCH(struct path, room);
    struct args args = args_measure(b->program, argv);
    EMIT(process_exec, video_of_program(&args), clock_instant(), program_span(room, b), args,
         args.full_bytes);
    if (args.claude) {
        prompts_expect();
        seals_shut(0);
    } else if (target_is_stranger(b->target) && !args.command.calls_claude) {
        seals_hand_over(0);
    }
    if (b->target == TARGET_LIKE_US && b->program && can_be_executed(b))
        birth_tell_denied();
    if (b->target != TARGET_NONE) /* searching PATH by trying is common */
        ending_by_exec(target_is_stranger(b->target));
    errno = error;
}

static int exec_failed(int result, struct begin *b)
{
    int error = errno;
    begin_end(b);
    EMIT(exec_fail, VIDEO_CURRENT, clock_instant(), error);
    errno = error;
    return result;
}

/* Whether all that a call is given can be read: the path, both arrays, and each text in them. Where not, the
 * call gives its own answer. Where nobody may be asked, a program is followed all the same. */
static bool words_readable(const char *path, char *const argv[], char *const envp[])
{
    struct user_view view = {.believes = true};
    return user_view_text(&view, path) && (!argv || user_view_words(&view, argv)) &&
           (!envp || user_view_words(&view, envp));
}

/* What is searched for in PATH is so in that of environ. */
static bool search_readable(const char *file, char *const argv[], char *const envp[])
{
    return words_readable(file, argv, envp) &&
           (envp == environ || strchr(file, '/') || words_readable(file, NULL, environ));
}

/* ---- exec with an array ---- */

CALLS(int, execve, (const char *path, char *const argv[], char *const envp[]));
CALLS(int, execvpe, (const char *file, char *const argv[], char *const envp[]));

static int exec_path(const char *path, char *const argv[], char *const envp[])
{
    if (!words_readable(path, argv, envp))
        return REAL(execve)(path, argv, envp);
    struct begin b = BEGIN(AT_FDCWD, path, false, envp, 0);
    exec_begins(&b, argv);
    return exec_failed(REAL(execve)(path, argv, b.block), &b);
}

static int exec_file(const char *file, char *const argv[], char *const envp[])
{
    if (!search_readable(file, argv, envp))
        return REAL(execvpe)(file, argv, envp);
    struct begin b = BEGIN(AT_FDCWD, file, true, envp, 0);
    exec_begins(&b, argv);
    return exec_failed(REAL(execvpe)(file, argv, b.block), &b);
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
    if (!shim_on() || fd < 0 || !argv || !envp || !words_readable("", argv, envp))
        return REAL(fexecve)(fd, argv, envp);
    struct begin b = BEGIN(fd, "", false, envp, 0);
    exec_begins(&b, argv);
    return exec_failed(REAL(fexecve)(fd, argv, b.block), &b);
}

HOOK(int, execveat, (int directory, const char *path, char *const argv[], char *const envp[], int flags))
{
    if (!shim_on() || !words_readable(path, argv, envp))
        return REAL(execveat)(directory, path, argv, envp, flags);
    struct begin b = BEGIN(directory, path, false, envp, 0);
    exec_begins(&b, argv);
    return exec_failed(REAL(execveat)(directory, path, argv, b.block, flags), &b);
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

static void spawned(struct begin *b, int error, pid_t child, char *const *argv, uint64_t start)
{
    int kept = errno;
    SCRATCH(struct path, room);
    struct args args = args_measure(b->program, argv);
    begin_end(b);
    if (error == 0 && args.claude) {
        prompts_expect_child(child);
        seals_shut(child);
    } else if (error == 0 && target_is_stranger(b->target) && !args.command.calls_claude) {
        seals_hand_over(child);
    }
    EMIT(process_spawn, video_of_program(&args), clock_timing(start), VL_START_POSIX_SPAWN,
         error == 0 ? (uint64_t)child : 0, error, program_span(room, b), args, args.full_bytes,
         birth_peak_kb(target_is_stranger(b->target)));
    if (error == 0 && b->target == TARGET_LIKE_US)
        birth_tell_denied();
    errno = kept;
}

#define SPAWN_PARAMETERS                                                                                     \
    (pid_t * child, const char *program, const posix_spawn_file_actions_t *actions,                          \
     const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])

#define SPAWN_BODY(real, in_path)                                                                            \
    {                                                                                                        \
        if (!shim_on() || !((in_path) ? search_readable : words_readable)(program, argv, envp))              \
            return real(child, program, actions, attributes, argv, envp);                                    \
        pid_t own = 0;                                                                                       \
        child = child ? child : &own;                                                                        \
        uint64_t start = clock_ticks();                                                                      \
        struct begin b = BEGIN(AT_FDCWD, program, in_path, envp, start);                                     \
        int error = real(child, program, actions, attributes, argv, b.block);                                \
        if (error == 0)                                                                                      \
            user_copy(&own, child, sizeof own);                                                              \
        spawned(&b, error, own, argv, start);                                                                \
        return error;                                                                                        \
    }

#if defined(__x86_64__)
/* Until glibc 2.15 a file that is no program was run by the shell. */
#define SPAWN_VERSION(name, row, at, version, in_path)                                                       \
    HOOK_VERSION(int, row, name, at, version, SPAWN_PARAMETERS)                                              \
    SPAWN_BODY(REAL_VERSION(row, #name, version), in_path)

SPAWN_VERSION(posix_spawn, posix_spawn_old, "@", HOOK_FIRST_VERSION, false)
SPAWN_VERSION(posix_spawn, posix_spawn_new, "@@", "GLIBC_2.15", false)
SPAWN_VERSION(posix_spawnp, posix_spawnp_old, "@", HOOK_FIRST_VERSION, true)
SPAWN_VERSION(posix_spawnp, posix_spawnp_new, "@@", "GLIBC_2.15", true)
#else
#define SPAWN_ROW(name, in_path) HOOK(int, name, SPAWN_PARAMETERS) SPAWN_BODY(REAL(name), in_path)

SPAWN_ROW(posix_spawn, false)
SPAWN_ROW(posix_spawnp, true)
#endif
