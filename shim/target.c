/* Reading the first bytes of programs. */
#include "target.h"

#include "apart.h"
#include "env.h"
#include "raw.h"
#include "scratch.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD_BYTES   1024 /* ELF header, program headers and the loader's name lie within */
#define SCRIPTS_MAX  4    /* an interpreter may be a script */
#define NAME_BYTES   1024
#define DEFAULT_PATH "/bin:/usr/bin"

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#else
#define OWN_MACHINE EM_AARCH64
#endif

extern char **environ;

struct look {
    int directory;
    const char *name;
    bool search;
    enum target target;
    volatile bool done;
    char head[HEAD_BYTES + 1];
    char path[NAME_BYTES];
    char loader[128];
};

/* The loader's file name; glibc's begins with "ld-linux" or "ld64" wherever it lies. */
static bool loader_is_glibc(const char *name)
{
    const char *slash = strrchr(name, '/');
    name = slash ? slash + 1 : name;
    return strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld64", 4) == 0;
}

static bool read_at(long fd, uint64_t offset, void *out, size_t n)
{
    return raw(SYS_pread64, fd, out, n, offset) == (long)n;
}

static bool changes_rights(long fd)
{
    struct stat st;
    return raw(SYS_fstat, fd, &st) == 0 && (st.st_mode & (S_ISUID | S_ISGID)) != 0;
}

static enum target target_of_loader(struct look *l, long fd, const ElfW(Phdr) * p)
{
    char *name = l->loader;
    size_t n = p->p_filesz < sizeof l->loader ? p->p_filesz : sizeof l->loader;
    if (n == 0 || !read_at(fd, p->p_offset, name, n))
        return TARGET_LIKE_US;
    name[n - 1] = '\0';
    if (!loader_is_glibc(name))
        return TARGET_FOREIGN;
    return changes_rights(fd) ? TARGET_SECURE : TARGET_LIKE_US;
}

static enum target target_of_elf(struct look *l, long fd, size_t bytes)
{
    ElfW(Ehdr) e;
    if (bytes < sizeof e)
        return TARGET_LIKE_US;
    memcpy(&e, l->head, sizeof e);
    if (e.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) || e.e_machine != OWN_MACHINE)
        return TARGET_FOREIGN;
    if (e.e_phentsize != sizeof(ElfW(Phdr)))
        return TARGET_LIKE_US;
    for (unsigned i = 0; i < e.e_phnum && i < 64; i++) {
        ElfW(Phdr) p;
        if (!read_at(fd, e.e_phoff + i * sizeof p, &p, sizeof p))
            return TARGET_LIKE_US;
        if (p.p_type == PT_INTERP)
            return target_of_loader(l, fd, &p);
    }
    return TARGET_STATIC;
}

/* The interpreter of a script: what follows "#!", to the first space. Moves it to the path; false: there is
 * none. */
static bool take_interpreter(struct look *l)
{
    char *name = l->head + 2 + strspn(l->head + 2, " \t");
    size_t n = strcspn(name, " \t\n");
    if (n == 0 || n >= sizeof l->path)
        return false;
    memcpy(l->path, name, n);
    l->path[n] = '\0';
    return true;
}

static long open_file(int directory, const char *name)
{
    if (!*name) { /* the descriptor may be for execution alone: a second look through /proc */
        char link[40] = "/proc/self/fd/", digits[12];
        size_t n = 0, at = strlen(link);
        for (unsigned v = (unsigned)directory; n == 0 || v > 0; v /= 10)
            digits[n++] = (char)('0' + v % 10);
        while (n > 0)
            link[at++] = digits[--n];
        link[at] = '\0';
        return raw(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    }
    return raw(SYS_openat, directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
}

/* True: the interpreter in l->path is to be looked at next. */
static bool look_at(struct look *l, int directory, const char *name)
{
    long fd = open_file(directory, name);
    l->target = fd == -ENOENT || fd == -ENOTDIR ? TARGET_NONE : TARGET_LIKE_US;
    if (fd < 0)
        return false;
    long n = raw(SYS_pread64, fd, l->head, HEAD_BYTES, 0);
    bool script = false;
    l->head[n > 0 ? n : 0] = '\0';
    if (n > 4 && memcmp(l->head, ELFMAG, SELFMAG) == 0)
        l->target = target_of_elf(l, fd, (size_t)n);
    else
        script = n > 2 && l->head[0] == '#' && l->head[1] == '!' && take_interpreter(l);
    raw(SYS_close, fd);
    return script;
}

/* The next folder of PATH with the name; false: no more, or too long. */
static bool next_in_path(struct look *l, const char **list)
{
    size_t name = strlen(l->name);
    while (*list) {
        size_t n = strcspn(*list, ":");
        const char *folder = *list;
        *list = folder[n] ? folder + n + 1 : NULL;
        if (n + name + 2 > sizeof l->path)
            continue;
        memcpy(l->path, folder, n);
        if (n > 0)
            l->path[n++] = '/';
        memcpy(l->path + n, l->name, name + 1);
        return true;
    }
    return false;
}

static void look_up(struct look *l)
{
    const char *list = env_value(environ, "PATH=");
    list = list ? list : DEFAULT_PATH;
    while (next_in_path(l, &list))
        if (raw(SYS_faccessat, AT_FDCWD, l->path, 1 /* X_OK */) == 0)
            return;
    l->target = TARGET_NONE;
}

static bool is_like_us(const char *head, long bytes)
{
    ElfW(Ehdr) e;
    if (bytes < (long)sizeof e)
        return false;
    memcpy(&e, head, sizeof e);
    return memcmp(e.e_ident, ELFMAG, SELFMAG) == 0 && e.e_machine == OWN_MACHINE && e.e_type == ET_DYN;
}

/* By a look as the loader takes one: an access that is only asked for is not that of the effective user, and
 * what is there may be another file by now. A lack of descriptors tells nothing. */
static bool own_file_is_there(void)
{
    char head[sizeof(ElfW(Ehdr))];
    long fd = raw(SYS_openat, AT_FDCWD, env_own_path(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return fd != -ENOENT && fd != -ENOTDIR && fd != -EACCES && fd != -ELOOP && fd != -ENXIO;
    long n = raw(SYS_pread64, fd, head, sizeof head, 0);
    raw(SYS_close, fd);
    return n < 0 ? n != -EISDIR : is_like_us(head, n);
}

static void look(void *argument)
{
    struct look *l = argument;
    const char *name = l->name;
    if (l->search && !strchr(name, '/')) {
        look_up(l);
        name = l->path;
    }
    bool script = l->target != TARGET_NONE && look_at(l, l->directory, name);
    for (int i = 0; script && i < SCRIPTS_MAX; i++)
        script = look_at(l, AT_FDCWD, l->path);
    if (l->target != TARGET_FOREIGN && l->target != TARGET_NONE && !own_file_is_there())
        l->target = TARGET_APART;
    compiler_barrier();
    l->done = true;
}

enum target target_of(int directory, const char *file_name, int search)
{
    if (raw_forbidden())
        return TARGET_LIKE_US;
    SCRATCH(struct look, l);
    if (!l)
        return TARGET_LIKE_US;
    l->directory = directory;
    l->name = file_name;
    l->search = search && *file_name;
    l->target = TARGET_LIKE_US;
    struct blocked_signals signals = raw_block_signals();
    apart_run(look, l, &l->done);
    raw_restore_signals(signals);
    return l->target;
}

struct sight {
    bool there;
    volatile bool done;
};

static void look_for_us(void *argument)
{
    struct sight *s = argument;
    s->there = own_file_is_there();
    compiler_barrier();
    s->done = true;
}

int target_sees_us(void)
{
    struct sight s = {.there = true};
    if (raw_forbidden())
        return true;
    struct blocked_signals signals = raw_block_signals();
    apart_run(look_for_us, &s, &s.done);
    raw_restore_signals(signals);
    return s.there;
}
