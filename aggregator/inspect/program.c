/* From an executable's file to what a recording will tell of it. */
#include "inspect/program.h"

#include "inspect/libraries.h"
#include "model/diagnosis.h"

#include "inspect/elf.h"
#include "inspect/installed.h"
#include "inspect/python.h"
#include "inspect/wrapper.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- whose TLS a program uses ---- */

static struct capability capability_of(enum seen seen, struct str why)
{
    return (struct capability){"claude_calls", seen, why};
}

/* The library's path that a program or module is loaded with; "": none of the two. */
static struct str library_of(struct arena *arena, struct str path)
{
    struct str found = libraries_find(arena, path.ptr, STR("libssl.so"));
    return found.len ? found : libraries_find(arena, path.ptr, STR("libgnutls.so"));
}

/* The recorder moves the first instructions of its functions, which it can do on one kind of machine. */
static struct capability judge_exported(struct arena *arena, const char *where)
{
#if defined(__x86_64__)
    return capability_of(SEEN_YES,
                         str_format(arena,
                                    "OpenSSL lies inside %s, and its functions are exported by name; a "
                                    "code that cannot be changed is named when folding",
                                    where));
#else
    return capability_of(SEEN_NO, str_format(arena, "OpenSSL lies inside %s, not in a library", where));
#endif
}

static struct capability judge_python(struct arena *arena, const struct python *python, const struct elf *elf)
{
    struct str library = python->ssl.len ? library_of(arena, python->ssl) : STR("");
    if (library.len)
        return capability_of(SEEN_YES, str_format(arena,
                                                  "Python's ssl module uses " STR_FMT
                                                  "; a libssl or libgnutls that packages bring "
                                                  "is seen as well, other TLS of theirs is not",
                                                  STR_ARG(library)));
    if (elf->has_tls)
        return judge_exported(arena, "the program");
    if (python->ssl_exports)
        return judge_exported(arena, "Python's ssl module");
    if (python->ssl_is_built_in || python->ssl.len)
        return capability_of(SEEN_NO,
                             STR("Python's ssl module has OpenSSL inside it, and its functions are hidden"));
    return capability_of(SEEN_PARTLY,
                         STR("no ssl module was found beside this Python; what packages load as libssl or "
                             "libgnutls is seen"));
}

static struct capability judge_inner(struct arena *arena, struct str path, const struct elf *elf)
{
    if (elf->is_bun && str_equal(str_basename(path), STR("claude")))
        return capability_of(SEEN_NO,
                             STR("its TLS lies inside and is not exported; tokens and cost come from its "
                                 "transcripts when folding, see --claude-home"));
    if (elf->is_bun)
        return capability_of(SEEN_NO, STR("a Bun program: its TLS lies inside and is not exported"));
    if (elf->is_go)
        return capability_of(SEEN_NO, STR("a Go program: Go's own TLS is no library"));
    if (elf->has_tls)
        return judge_exported(arena, "the program");
    struct str library = library_of(arena, path);
    if (library.len)
        return capability_of(SEEN_YES, str_format(arena, "it uses " STR_FMT, STR_ARG(library)));
    return capability_of(SEEN_PARTLY,
                         STR("it is linked to no TLS library; a libssl or libgnutls that it loads later is "
                             "seen, a TLS of its own is not"));
}

static struct capability tls_judge(struct arena *arena, struct str path, const struct elf *elf)
{
    struct python python = python_look(arena, path, elf);
    return python.is_one ? judge_python(arena, &python, elf) : judge_inner(arena, path, elf);
}

/* ---- */

struct judged {
    struct arena *arena;
    struct str path;
    struct elf elf;
    const char *kept_out; /* why the recorder is not loaded; NULL: it is */
    bool privileged;
};

/* The loader drops preloads where a program gets more rights than its user. */
static bool is_privileged(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    bool user = (st.st_mode & S_ISUID) && st.st_uid != getuid();
    bool group = (st.st_mode & S_ISGID) && (st.st_mode & S_IXGRP) && st.st_gid != getgid();
    return user || group || (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0);
}

static const char *why_kept_out(const struct judged *j)
{
    if (!j->elf.readable)
        return "its file may not be read, so it is not known what it is";
    if (!j->elf.is_elf)
        return "its file is neither a program nor a script that names its interpreter";
    if (!elf_fits(&j->elf))
        return "it is for another machine than the recorder";
    if (j->elf.libc == LIBC_NONE)
        return "it is linked statically: there is no loader that could load the recorder";
    if (j->elf.libc == LIBC_OTHER)
        return "it uses another C library than glibc (musl?), whose loader is not given the recorder";
    if (j->privileged)
        return "it has more rights than you (setuid, setgid or capabilities): the loader drops the recorder";
    return NULL;
}

static struct str log_shape_of(const struct judged *j)
{
    const struct elf *elf = &j->elf;
    static const char *const libcs[] = {"static", "dynamic, glibc", "dynamic, another C library"};
    if (!elf->is_elf)
        return STR("no ELF file");
    return str_format(j->arena, "ELF %d-bit %s, %s%s%s%s", elf->bits, elf_machine_name(elf->machine),
                      libcs[elf->libc], elf->is_go ? ", Go" : "", elf->is_bun ? ", Bun" : "",
                      j->privileged ? ", privileged" : "");
}

static void add_capability(const struct judged *j, struct vec *capabilities, const char *what, enum seen seen,
                           const char *why)
{
    *VEC_PUSH(j->arena, capabilities, struct capability) = (struct capability){what, seen, str_of(why)};
}

static void add_files(const struct judged *j, struct vec *capabilities)
{
    if (j->elf.is_go)
        add_capability(j, capabilities, "files", SEEN_NO, "Go makes system calls of its own, past libc");
    else if (j->elf.is_bun)
        add_capability(j, capabilities, "files", SEEN_PARTLY,
                       "Bun makes most system calls of its own, past libc");
    else
        add_capability(j, capabilities, "files", SEEN_YES,
                       "every open, read, write, rename and temporary file that passes through libc");
}

static void add_output(const struct judged *j, struct vec *capabilities)
{
    if (str_equal(str_basename(j->path), STR("claude")))
        add_capability(j, capabilities, "output", SEEN_NO,
                       "of the claude program neither words nor output are kept, on purpose");
    else if (j->elf.is_go || j->elf.is_bun)
        add_capability(j, capabilities, "output", SEEN_NO, "it writes past libc");
    else
        add_capability(j, capabilities, "output", SEEN_YES,
                       "lines on standard error, marked ones on standard output (VLSHIM_LINES)");
}

/* Of Python alone. */
static void add_functions(const struct judged *j, struct vec *capabilities)
{
    struct python python = python_look(j->arena, j->path, &j->elf);
    if (!python.is_one)
        return;
    if (!installed_knows_python(j->arena))
        add_capability(j, capabilities, "functions", SEEN_NO, "this recorder does not look into Python");
    else if (!python.has_audit)
        add_capability(j, capabilities, "functions", SEEN_NO,
                       "it does not export what the recorder asks for (no PySys_AddAuditHook)");
    else
        add_capability(j, capabilities, "functions", SEEN_YES,
                       "those that rules name (VLSHIM_SPANS), from Python 3.9 on");
}

static void add_inside(const struct judged *j, struct vec *capabilities)
{
    add_capability(j, capabilities, "process", SEEN_YES, "start, end, status, processor time and memory");
    add_capability(j, capabilities, "inside", SEEN_YES, "the recorder is loaded into it");
    add_files(j, capabilities);
    add_output(j, capabilities);
    add_functions(j, capabilities);
    *VEC_PUSH(j->arena, capabilities, struct capability) = tls_judge(j->arena, j->path, &j->elf);
    add_capability(j, capabilities, "crashes", SEEN_YES, "the signal and the stack");
    add_capability(j, capabilities, "children", SEEN_YES,
                   "every program that it starts is looked at by itself");
}

static void add_outside(const struct judged *j, struct vec *capabilities)
{
    static const char *const rest[] = {"files", "output", "claude_calls"};
    add_capability(j, capabilities, "process", SEEN_YES,
                   "its parent tells start, end, status, processor time and memory");
    add_capability(j, capabilities, "inside", SEEN_NO, j->kept_out);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        add_capability(j, capabilities, rest[i], SEEN_NO, "the recorder is not in it");
    add_capability(j, capabilities, "crashes", SEEN_PARTLY, "the signal, without a stack");
    if (j->privileged)
        add_capability(j, capabilities, "children", SEEN_NO,
                       "the loader takes the preload from its environment");
    else
        add_capability(j, capabilities, "children", SEEN_PARTLY,
                       "if it hands its environment on, those that the recorder can enter");
}

struct diagnosed program_judge(struct arena *arena, const struct step *step, bool last)
{
    struct judged j = {.arena = arena, .path = step->path, .elf = elf_read(arena, step->path.ptr)};
    struct diagnosed out = {.word = step->word, .path = step->path};
    j.privileged = j.elf.is_elf && is_privileged(step->path.ptr);
    out.shape = step->is_script ? STR("a script") : log_shape_of(&j);
    if (step->becomes_next)
        out.note = STR("starts the next one");
    else if (step->shell_script)
        out.note = STR("runs a shell script: ask about the programs that it starts, too");
    if (!last)
        return out;
    j.kept_out = why_kept_out(&j);
    if (j.kept_out)
        add_outside(&j, &out.capabilities);
    else
        add_inside(&j, &out.capabilities);
    return out;
}
