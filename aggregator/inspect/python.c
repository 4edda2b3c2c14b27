/* Where a Python keeps its symbols and its module _ssl. */
#include "inspect/python.h"

#include "inspect/libraries.h"

#include <glob.h>

static bool needs_libpython(const struct elf *elf)
{
    VEC_EACH (const struct str, name, &elf->needed)
        if (str_starts(*name, STR("libpython")))
            return true;
    return false;
}

/* "python3.11" of /usr/bin/python3.11 and of libpython3.11.so.1.0. */
static struct str version_folder(struct arena *arena, struct str name)
{
    size_t end = str_starts(name, STR("lib")) ? 3 : 0, start = end;
    while (end < name.len && (name.ptr[end] == '.' || (name.ptr[end] >= '0' && name.ptr[end] <= '9') ||
                              (name.ptr[end] >= 'a' && name.ptr[end] <= 'z')))
        end++;
    struct str word = str_slice(name, start, end - start);
    ptrdiff_t tail = str_find(word, STR(".so"));
    return str_copy(arena, tail >= 0 ? str_slice(word, 0, (size_t)tail) : word);
}

static struct str find_one(struct arena *arena, struct str pattern)
{
    glob_t found;
    struct str path = STR("");
    if (glob(pattern.ptr, GLOB_NOSORT, NULL, &found) == 0 && found.gl_pathc)
        path = str_copy(arena, str_of(found.gl_pathv[0]));
    globfree(&found);
    return path;
}

/* PREFIX/lib/python3.x/lib-dynload/_ssl*.so, of the version that the program or its library is named after.
 * The program lies in PREFIX/bin, or in PREFIX itself. */
static struct str find_ssl(struct arena *arena, struct str path, struct str library)
{
    struct str version = version_folder(arena, str_basename(library.len ? library : path));
    struct str folder = str_dirname(path), found = STR("");
    const struct str prefixes[] = {str_dirname(folder), folder};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && found.len == 0; i++)
        found = find_one(arena, str_format(arena, STR_FMT "/lib/" STR_FMT "/lib-dynload/_ssl.*.so",
                                           STR_ARG(prefixes[i]), STR_ARG(version)));
    return found;
}

struct python python_look(struct arena *arena, struct str path, const struct elf *elf)
{
    struct python python = {.is_one = elf->has_python, .has_audit = elf->has_audit};
    if (needs_libpython(elf)) {
        python.is_one = true;
        python.library = libraries_find(arena, path.ptr, STR("libpython"));
        struct elf library = python.library.len ? elf_read(arena, python.library.ptr) : (struct elf){0};
        python.has_audit |= library.has_audit;
        python.ssl_is_built_in = library.is_module_of_ssl;
    }
    python.ssl_is_built_in |= elf->is_module_of_ssl;
    if (python.is_one && !python.ssl_is_built_in)
        python.ssl = find_ssl(arena, path, python.library);
    python.ssl_exports = python.ssl.len && elf_read(arena, python.ssl.ptr).has_tls;
    return python;
}
