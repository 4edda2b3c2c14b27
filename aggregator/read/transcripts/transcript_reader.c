/* Walks a folder of transcripts, in the order of names. */
#include "read/transcripts/transcript_reader.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define LINE_MAX_BYTES (64u << 20)
#define DEPTH_MAX      8
#define SLACK_NS       2000000000LL

struct walk {
    struct arena *arena;
    struct vec files; /* of struct str: paths */
    const struct transcript_wish *wish;
};

/* One that was last written before the recording began holds nothing of it. */
static bool is_new_enough(const struct walk *walk, const struct stat *st)
{
    int64_t written = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    return walk->wish->from_ns < INT64_MIN + SLACK_NS || written >= walk->wish->from_ns - SLACK_NS;
}

static bool walk_folder(struct walk *walk, struct str folder, int depth)
{
    DIR *dir = opendir(folder.ptr);
    if (!dir)
        return false;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        if (entry->d_name[0] == '.')
            continue;
        struct str path = str_format(walk->arena, "%s/%s", folder.ptr, entry->d_name);
        if (lstat(path.ptr, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
            walk_folder(walk, path, depth + 1);
        else if (S_ISREG(st.st_mode) && str_ends(path, STR(".jsonl")) && is_new_enough(walk, &st))
            *VEC_PUSH(walk->arena, &walk->files, struct str) = path;
    }
    closedir(dir);
    return true;
}

static int by_path(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void read_file(struct transcript_store *store, const char *path, const struct transcript_wish *wish)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    for (ssize_t got; file && (got = getline(&line, &room, file)) > 0;)
        if ((size_t)got <= LINE_MAX_BYTES)
            transcript_line(store, (struct str){line, (size_t)got}, wish);
    if (file)
        fclose(file);
    free(line);
}

static bool is_wanted(const struct session *session, const struct transcript_wish *wish)
{
    bool here = false;
    VEC_EACH (const struct str, folder, &wish->folders)
        here |= !folder->len || !session->cwd.len || str_equal(*folder, session->cwd);
    return here && session->first_ns >= wish->from_ns - SLACK_NS &&
           (wish->to_ns == INT64_MAX || session->last_ns <= wish->to_ns + SLACK_NS);
}

/* What is of other folders and times is dropped: it is none of the recording's business. */
static void take_wanted(struct transcript_store *into, struct transcript_store *from,
                        const struct transcript_wish *wish)
{
    struct transcripts all = transcript_store_all(from);
    VEC_EACH (const struct session, session, &all.sessions)
        if (is_wanted(session, wish))
            transcript_store_session_copy(into, session);
    VEC_EACH (const struct session_row, row, &all.rows)
        if (is_wanted(transcript_store_session(from, row->session), wish))
            transcript_store_row(into, row);
}

bool transcript_reader_collect(struct transcript_store *store, const char *home,
                               const struct transcript_wish *wish)
{
    struct walk walk = {.arena = arena_new(), .wish = wish};
    struct transcript_store all = {.arena = walk.arena};
    bool there = walk_folder(&walk, str_format(walk.arena, "%s/projects", home), 0);
    VEC_SORT(&walk.files, struct str, by_path);
    VEC_EACH (const struct str, path, &walk.files)
        read_file(&all, path->ptr, wish);
    take_wanted(store, &all, wish);
    arena_free(walk.arena);
    return there;
}
