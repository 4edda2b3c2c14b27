/* Absolute paths as a program named them: made from the working or a directory descriptor, `.`, `..` and
 * empty components taken away by text alone; links are not followed. */
#ifndef SHIM_PATHS_H
#define SHIM_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_BYTES 4096

struct path {
    size_t length;
    char text[PATH_BYTES]; /* ended by NUL */
};

/* False: no absolute path can be told (too long, descriptor unknown, a name that is gone). name may be NULL
 * or empty: then the path is the directory descriptor's own. It may be the program's (user_memory.h). */
bool path_make(struct path *out, int directory, const char *name);
/* The same of the first bytes of a text. */
bool path_make_part(struct path *out, int directory, const char *name, size_t length);

/* The same for AT_FDCWD before any descriptor is known: base is absolute. */
bool path_join(struct path *out, const char *base, size_t base_length, const char *name);

/* The kernel's name of a descriptor (/proc/self/fd); false without /proc. Not normalised, may be "pipe:[7]".
 */
bool path_of_descriptor(struct path *out, int fd);

/* The working directory, from a copy kept here; path_cwd_changed makes it be asked anew. */
bool path_cwd(struct path *out);
void path_cwd_changed(void);
/* Whether its name holds a text. */
bool path_cwd_holds(const char *text);

/* path lies in folder or is it. */
bool path_below(const char *path, const char *folder);

#endif
