/* What kind of program an exec is about to begin: whether the loader that it asks for can take us in. */
#ifndef SHIM_TARGET_H
#define SHIM_TARGET_H

enum target {
    TARGET_LIKE_US, /* or not known better */
    TARGET_STATIC,  /* has no loader: our entry does no harm, and its children will find it */
    TARGET_FOREIGN, /* another machine's, or another libc's: its loader would complain of us or take us for
                       broken */
    TARGET_SECURE,  /* runs with another user's or group's rights: its loader drops us without a word */
    TARGET_APART,   /* our file is not where its loader will look: below another root, in another mount
                       namespace, removed, replaced, or for its user not to be read */
    TARGET_NONE     /* there is no such file: exec will fail */
};

/* Looks at the file, and at the interpreters of scripts, as exec would find it: file_name is searched for in
 * PATH if search is set and it has no slash. directory is that of openat(); an empty name is the descriptor
 * itself. Keeps errno; signals are blocked meanwhile. */
enum target target_of(int directory, const char *file_name, int search);

/* Whether our entry in LD_PRELOAD is of no use to such a program and to those that it starts: their loader
 * could only complain of it. */
static inline int target_without_us(enum target target)
{
    return target == TARGET_FOREIGN || target == TARGET_APART;
}

/* Whether our own file is where a loader that this process starts will look for it. */
int target_sees_us(void);

/* Whether nobody will tell from inside what became of a program of that kind. */
static inline int target_is_stranger(enum target target) { return target != TARGET_LIKE_US; }

#endif
