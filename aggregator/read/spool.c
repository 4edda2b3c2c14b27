/* Walks the two levels of a spool folder. */
#include "read/spool.h"

#include "read/packed/packed.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    struct arena *arena;
    struct vec *files;
    struct damages *damages;
    bool is_spool; /* a recording is there, or CACHEDIR.TAG: a spool, even when nothing is in it yet */
};

static bool hidden(const char *name) { return name[0] == '.'; }

/* Files that other parts of vlagg keep beside the recordings. */
static bool known_companion(struct str name)
{
    return str_equal(name, STR("CACHEDIR.TAG")) || str_ends(name, STR(".json")) ||
           str_ends(name, STR(".jsonl"));
}

static void add_file(struct walk *walk, struct str path, struct str label, const struct stat *st)
{
    walk->is_spool = true;
    VEC_EACH (struct spool_file, file, walk->files)
        if (file->device == st->st_dev && file->inode == st->st_ino)
            return;
    struct spool_file *file = VEC_PUSH(walk->arena, walk->files, struct spool_file);
    *file = (struct spool_file){
        .path = path,
        .label = label,
        .folder = str_dirname(label),
        .bytes = (uint64_t)st->st_size,
        .device = st->st_dev,
        .inode = st->st_ino,
    };
}

/* It stands for the file that it was made of, unless that is still there: packing was cut off between the
 * two. */
static void add_packed(struct walk *walk, struct str path, struct str label, size_t suffix,
                       const struct stat *st)
{
    struct str plain = str_copy(walk->arena, str_slice(path, 0, path.len - suffix));
    if (access(plain.ptr, F_OK) != 0)
        add_file(walk, path, str_copy(walk->arena, str_slice(label, 0, label.len - suffix)), st);
}

static void add_entry(struct walk *walk, struct str path, struct str label)
{
    struct stat st;
    if (stat(path.ptr, &st) < 0)
        damage_add(walk->damages, label, 0, 0,
                   "The file could not be examined; its access rights may forbid it.");
    else if (S_ISREG(st.st_mode) && str_ends(path, STR(VL_FILE_SUFFIX)))
        add_file(walk, path, label, &st);
    else if (S_ISREG(st.st_mode) && str_ends(path, STR(VL_FILE_SUFFIX PACKED_SUFFIX)))
        add_packed(walk, path, label, sizeof PACKED_SUFFIX - 1, &st);
    else if (S_ISREG(st.st_mode) && str_ends(path, STR(VL_FILE_SUFFIX PACKED_OLD_SUFFIX)))
        add_packed(walk, path, label, sizeof PACKED_OLD_SUFFIX - 1, &st);
    else if (S_ISREG(st.st_mode) && !known_companion(str_basename(path)))
        damage_add(walk->damages, label, 0, 0,
                   "The file is not a recording (its name does not end in .vls); it was left out.");
}

static void walk_video(struct walk *walk, struct str folder, struct str name)
{
    DIR *dir = opendir(folder.ptr);
    if (!dir) {
        damage_add(walk->damages, name, 0, 0, "The folder could not be opened; what is in it is missing.");
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (hidden(entry->d_name))
            continue;
        struct str path = str_format(walk->arena, "%s/%s", folder.ptr, entry->d_name);
        add_entry(walk, path, str_format(walk->arena, "%s/%s", name.ptr, entry->d_name));
    }
    closedir(dir);
}

static void walk_top(struct walk *walk, DIR *dir, const char *folder)
{
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        struct str name = str_copy(walk->arena, str_of(entry->d_name));
        walk->is_spool |= str_equal(name, STR("CACHEDIR.TAG"));
        if (hidden(entry->d_name))
            continue;
        struct str path = str_format(walk->arena, "%s/%s", folder, entry->d_name);
        if (stat(path.ptr, &st) == 0 && S_ISDIR(st.st_mode))
            walk_video(walk, path, name);
        else
            add_entry(walk, path, name);
    }
}

int spool_list(const char *folder, struct vec *files, struct damages *damages, struct err *err)
{
    struct walk walk = {.arena = damages->arena, .files = files, .damages = damages};
    struct stat st;
    if (stat(folder, &st) < 0)
        return err_set(err, ERR_INPUT, "%s: %s; name the folder that VLSHIM_SPOOL named (spool/ by default)",
                       folder, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return err_set(err, ERR_INPUT, "%s is a file, but a spool is a folder; name the folder that holds it",
                       folder);
    DIR *dir = opendir(folder);
    if (!dir)
        return err_set(err, ERR_INPUT, "%s: %s; make the folder readable", folder, strerror(errno));
    walk_top(&walk, dir, folder);
    closedir(dir);
    if (!walk.is_spool)
        return err_set(err, ERR_INPUT,
                       "%s is not a spool: it holds no <video>/<host>-<boot>-<spool>" VL_FILE_SUFFIX, folder);
    return 0;
}

static int file_order(const void *one, const void *other)
{
    const struct spool_file *a = one, *b = other;
    int order = str_compare(a->label, b->label);
    return order ? order : str_compare(a->path, b->path);
}

void spool_sort(struct vec *files) { VEC_SORT(files, struct spool_file, file_order); }
