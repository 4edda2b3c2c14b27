/* The same places that vlrun and the library itself look at. */
#include "inspect/installed.h"

#include "model/diagnosis.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct str own_folder(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    return str_copy(arena, str_dirname((struct str){path, n > 0 ? (size_t)n : 0}));
}

/* The first of some patterns below a folder that names a file. */
static struct str find(struct arena *arena, struct str folder, const char *const *patterns)
{
    struct str path = STR("");
    for (; *patterns && !path.len; patterns++) {
        glob_t found;
        struct str pattern = str_format(arena, STR_FMT "/%s", STR_ARG(folder), *patterns);
        char real[PATH_MAX];
        if (glob(pattern.ptr, 0, NULL, &found) == 0 && found.gl_pathc && realpath(found.gl_pathv[0], real))
            path = str_copy(arena, str_of(real));
        globfree(&found);
    }
    return path;
}

static void add_finding(struct arena *arena, struct vec *findings, const char *what, enum seen fine,
                        struct str found, const char *advice)
{
    *VEC_PUSH(arena, findings, struct finding) = (struct finding){what, fine, found, str_of(advice)};
}

static bool can_be_preloaded(struct str path)
{
    return str_find(path, STR(" ")) < 0 && str_find(path, STR(":")) < 0;
}

static const char *const libraries[] = {"libvlshim.so", "../lib/libvlshim.so",
                                        "../lib/*-linux-gnu/libvlshim.so", "../lib64/libvlshim.so", NULL};

static bool file_names(struct arena *arena, struct str path, struct str word)
{
    FILE *file = path.len ? fopen(str_c(arena, path), "re") : NULL;
    size_t room = 64u << 20, bytes = 0;
    char *text = file ? malloc(room) : NULL;
    if (text)
        bytes = fread(text, 1, room, file);
    bool found = text && memmem(text, bytes, word.ptr, word.len);
    free(text);
    if (file)
        fclose(file);
    return found;
}

bool installed_knows_python(struct arena *arena)
{
    return file_names(arena, find(arena, own_folder(arena), libraries), STR("PySys_AddAuditHook"));
}

void installed_look(struct arena *arena, struct vec *findings)
{
    static const char *const parsers[] = {"libvldeep.so", NULL};
    static const char *const helpers[] = {"vlshim-unwind", "vlshim/vlshim-unwind", NULL};
    struct str library = find(arena, own_folder(arena), libraries);
    if (!library.len) {
        add_finding(arena, findings, "recorder", SEEN_NO, STR("libvlshim.so is not beside vlagg"),
                    "build it with `make`, or `make install`");
        return;
    }
    if (can_be_preloaded(library))
        add_finding(arena, findings, "recorder", SEEN_YES, library, "");
    else
        add_finding(arena, findings, "recorder", SEEN_NO, library,
                    "LD_PRELOAD takes no path with a space or a colon: install it elsewhere");
    struct str beside = str_dirname(library);
    struct str parser = find(arena, beside, parsers), helper = find(arena, beside, helpers);
    add_finding(arena, findings, "parsers", parser.len ? SEEN_YES : SEEN_NO,
                parser.len ? parser : STR("libvldeep.so is not beside libvlshim.so"),
                parser.len ? "" : "without it no Claude call is seen: put it there");
    add_finding(arena, findings, "helper", helper.len ? SEEN_YES : SEEN_PARTLY,
                helper.len ? helper : STR("vlshim-unwind is not beside libvlshim.so"),
                helper.len ? "" : "without it stacks of crashes are told by frame pointers alone");
}
