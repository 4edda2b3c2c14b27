/* What kind of program an exec is about to begin: whether the loader that it asks for can take us in. */
#ifndef SHIM_TARGET_H
#define SHIM_TARGET_H

enum target {
    TARGET_LIKE_US, /* or not known better */
    TARGET_STATIC,  /* has no loader: our entry does no harm, and its children will find it */
    TARGET_FOREIGN, /* another machine's, or another libc's: its loader would complain of us or take us for
                       broken */
    TARGET_SECURE,  /* runs with another user's or group's rights: its loader drops us without a word */
    TARGET_NONE     /* there is no such file: exec will fail */
};

/* Looks at the file, and at the interpreters of scripts, as exec would find it: file_name is searched for in
 * PATH if search is set and it has no slash. directory is that of openat(); an empty name is the descriptor
 * itself. Keeps errno; signals are blocked meanwhile. */
enum target target_of(int directory, const char *file_name, int search);

/* Whether nobody will tell from inside what became of a program of that kind. */
static inline int target_is_stranger(enum target target) { return target != TARGET_LIKE_US; }

#endif
