/* Finding the files of a spool. */
#include "spool_writer.h"
#include "unit.h"

#include "read/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct listing {
    struct vec files;
    struct damages damages;
    struct err err;
    int result;
};

static struct listing list(const char *folder)
{
    struct listing l = {.damages = {.arena = arena_new()}};
    l.result = spool_list(folder, &l.files, &l.damages, &l.err);
    spool_sort(&l.files);
    return l;
}

static void make_file(const char *folder, const char *name)
{
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs("hello", out);
    fclose(out);
}

static const char *small_spool(void)
{
    static char folder[4096];
    struct writer w = {0};
    snprintf(folder, sizeof folder, "%s", unit_folder());
    writer_begin(&w, (struct vl_chunk){0});
    writer_save(&w, folder, "video");
    writer_save(&w, folder, "_run");
    writer_free(&w);
    return folder;
}

START_TEST(recordings_are_listed_in_order_of_their_names)
{
    struct listing l = list(small_spool());
    ck_assert_int_eq(l.result, 0);
    ck_assert_uint_eq(l.files.count, 2);
    ck_str_is(VEC_AT(&l.files, struct spool_file, 0)->label, "_run/box-abababababababab.vls");
    ck_str_is(VEC_AT(&l.files, struct spool_file, 1)->folder, "video");
    arena_free(l.damages.arena);
}
END_TEST

START_TEST(what_every_spool_holds_is_no_damage_and_other_files_are)
{
    const char *folder = small_spool();
    make_file(folder, ".gitignore");
    make_file(folder, "CACHEDIR.TAG");
    make_file(folder, "notes.txt");
    make_file(folder, "video/notes.txt");
    struct listing l = list(folder);
    ck_assert_int_eq(l.result, 0);
    ck_assert_uint_eq(l.damages.list.count, 2);
    arena_free(l.damages.arena);
}
END_TEST

START_TEST(a_file_met_twice_is_read_once)
{
    const char *folder = small_spool();
    struct listing l = list(folder);
    ck_assert_int_eq(spool_list(folder, &l.files, &l.damages, &l.err), 0);
    ck_assert_uint_eq(l.files.count, 2);
    arena_free(l.damages.arena);
}
END_TEST

START_TEST(what_is_no_spool_gets_a_sentence_that_names_it)
{
    const char *folder = unit_folder();
    char missing[8192], file[8192];
    snprintf(missing, sizeof missing, "%s/nowhere", folder);
    snprintf(file, sizeof file, "%s/file", folder);
    const char *const names[] = {folder, missing, file};
    for (int i = 0; i < 3; i++) {
        if (i == 2)
            make_file(folder, "file");
        struct listing l = list(names[i]);
        ck_assert_int_eq(l.result, -ERR_INPUT);
        ck_assert_ptr_nonnull(strstr(l.err.text, names[i]));
        arena_free(l.damages.arena);
    }
}
END_TEST

START_TEST(a_spool_that_was_just_made_is_one)
{
    const char *folder = unit_folder();
    make_file(folder, "CACHEDIR.TAG");
    struct listing l = list(folder);
    ck_assert_int_eq(l.result, 0);
    ck_assert_uint_eq(l.files.count, 0);
    arena_free(l.damages.arena);
}
END_TEST

UNIT_TESTS("read: spools", recordings_are_listed_in_order_of_their_names,
           what_every_spool_holds_is_no_damage_and_other_files_are, a_file_met_twice_is_read_once,
           what_is_no_spool_gets_a_sentence_that_names_it, a_spool_that_was_just_made_is_one)
