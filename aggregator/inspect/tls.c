/* libssl and libgnutls are read where they are libraries of their own, and OpenSSL inside a program where its
 * functions are exported by name, or inside Python's ssl module; what is hidden inside is not. */
#include "inspect/tls.h"

#include "inspect/libraries.h"
#include "inspect/python.h"

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

struct capability tls_judge(struct arena *arena, struct str path, const struct elf *elf)
{
    struct python python = python_look(arena, path, elf);
    return python.is_one ? judge_python(arena, &python, elf) : judge_inner(arena, path, elf);
}
