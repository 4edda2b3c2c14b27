#include "suites.h"

#include "config.h"
#include "paths.h"
#include "video.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *no_words[] = {"program", NULL};

static const struct video *of(const char *path)
{
    return video_get(video_of_path(path, strlen(path), false));
}

static uint32_t video_of_words(char *const *words)
{
    struct command c = command_of(NULL, words);
    return video_of_command(&c);
}

START_TEST(a_path_below_outputs_names_its_video)
{
    video_init(NULL, no_words);
    const struct video *v = of("/base/outputs/2015/moser/videos/a.mp4");
    ck_assert_str_eq(v->name, "moser");
    ck_assert_str_eq(v->folder, "/base/outputs/2015/moser");
    ck_assert_uint_eq(v->pattern, 0);
    v = of("/base/data/captions/2015/moser/en/x.srt");
    ck_assert_str_eq(v->folder, "/base/data/captions/2015/moser");
    ck_assert_uint_eq(v->pattern, 1);
}
END_TEST

START_TEST(files_beside_the_videos_belong_to_none)
{
    video_init(NULL, no_words);
    ck_assert_str_eq(of("/base/outputs/2015/summary.json")->name, "");
    ck_assert_str_eq(of("/base/outputs/2015/_run/x")->name, "");
    ck_assert_str_eq(of("/base/xoutputs/2015/moser/x")->name, "");
    ck_assert_str_eq(of("/")->name, "");
}
END_TEST

START_TEST(a_folder_itself_belongs_to_its_video)
{
    const char *path = "/base/outputs/2015/moser";
    video_init(NULL, no_words);
    ck_assert_str_eq(video_get(video_of_path(path, strlen(path), true))->name, "moser");
    ck_assert_uint_eq(video_of_path(path, strlen(path), false), VIDEO_NONE);
}
END_TEST

START_TEST(the_first_pattern_wins_with_its_last_match)
{
    video_init(NULL, no_words);
    ck_assert_str_eq(of("/outputs/a/b/outputs/c/d/x")->name, "d");
    ck_assert_str_eq(of("/outputs/1/one/data/captions/2/two/x")->name, "one");
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_no_video)
{
    const char *root = unit_folder();
    char path[4200], folder[4200];
    snprintf(path, sizeof path, "%s/outputs/2015/nobody/x.tex", root);
    video_init(NULL, no_words);
    ck_assert_uint_eq(video_of_missing(path, strlen(path), false), VIDEO_NONE);
    static const char *const parts[] = {"/outputs", "/outputs/2015", "/outputs/2015/nobody"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(folder, sizeof folder, "%s%s", root, parts[i]);
        ck_assert_int_eq(mkdir(folder, 0700), 0);
    }
    ck_assert_str_eq(video_get(video_of_missing(path, strlen(path), false))->name, "nobody");
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert_str_eq(video_get(video_of_missing(path, strlen(path), false))->name, "nobody");
}
END_TEST

START_TEST(own_patterns_have_stars_and_text_around_the_name)
{
    config.video_paths = "renders/vid-{video}-final/:/abs/{video}:nothing";
    video_init(NULL, no_words);
    ck_assert_str_eq(of("/x/renders/vid-abc-final/f")->name, "abc");
    ck_assert_str_eq(of("/x/renders/vid--final/f")->name, "");
    ck_assert_str_eq(of("/abs/q/f")->name, "q");
    ck_assert_str_eq(of("/x/abs/q/f")->name, "");
}
END_TEST

START_TEST(names_are_escaped_in_the_spool)
{
    video_init(NULL, no_words);
    ck_assert_str_eq(of("/outputs/1/a b\xc3\xa9%/x")->directory, "a%20b%C3%A9%25");
    char path[600] = "/outputs/1/";
    memset(path + 11, ' ', 400);
    strcpy(path + 411, "/x");
    ck_assert_uint_le(strlen(of(path)->directory), VL_VIDEO_NAME_MAX);
}
END_TEST

START_TEST(one_number_a_video)
{
    video_init(NULL, no_words);
    const char *a = "/o/outputs/1/a/x", *b = "/o/outputs/1/a/y/z", *c = "/p/outputs/1/a/x";
    ck_assert_uint_eq(video_of_path(a, strlen(a), false), video_of_path(b, strlen(b), false));
    ck_assert_uint_ne(video_of_path(a, strlen(a), false), video_of_path(c, strlen(c), false));
}
END_TEST

START_TEST(argv_names_a_video_unless_it_names_two)
{
    char *one[] = {"manim", "render", "/b/outputs/2015/moser/s/A.py",
                   "--media_dir=/b/outputs/2015/moser/media", NULL};
    char *two[] = {"cp", "/b/outputs/2015/moser/a", "/b/outputs/2015/euler/a", NULL};
    char *none[] = {"ls", "outputs", NULL};
    video_init(NULL, one);
    ck_assert_str_eq(video_get(video_default.number)->name, "moser");
    ck_assert(video_default.fixed);
    ck_assert_uint_eq(video_of_words(two), VIDEO_NONE);
    ck_assert_uint_eq(video_of_words(none), VIDEO_NONE);
}
END_TEST

START_TEST(a_folder_in_argv_counts_if_it_is_one)
{
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/outputs", unit_folder());
    mkdir(folder, 0700);
    strcat(folder, "/2015");
    mkdir(folder, 0700);
    strcat(folder, "/moser");
    char *words[] = {"python3", folder, NULL};
    video_init(NULL, no_words);
    ck_assert_uint_eq(video_of_words(words), VIDEO_NONE);
    mkdir(folder, 0700);
    ck_assert_str_eq(video_get(video_of_words(words))->name, "moser");
}
END_TEST

/* A path inside text, code, a URL or a masked word names nothing; mounts, protocols and name=value do. */
START_TEST(a_word_is_a_path_as_a_whole)
{
    static const char *const wrong[] = {"look at /b/outputs/2015/moser/s.py",
                                        "/b c/outputs/2015/moser/s.py",
                                        "http://host/outputs/2015/moser/s.py",
                                        "key=abcd&file=/b/outputs/2015/moser/s.py",
                                        "{\"file\": \"/b/outputs/2015/moser/s.py\"}",
                                        "@/b/outputs/2015/moser/s.py",
                                        "--files=/b/outputs/2015/moser/a,/b/outputs/2015/moser/b",
                                        "a=b=/b/outputs/2015/moser/x"};
    static const char *const right[] = {
        "/b/outputs/2015/moser/s.py",        "source=/b/outputs/2015/moser/s.py",
        "--out=/b/outputs/2015/moser/s.py",  "file:/b/outputs/2015/moser/s.py",
        "file:///b/outputs/2015/moser/s.py", "/b/outputs/2015/moser/s.py:/data",
        "host:/b/outputs/2015/moser/s.py"};
    video_init(NULL, no_words);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *words[] = {"tool", (char *)wrong[i], NULL};
        ck_assert_msg(video_of_words(words) == VIDEO_NONE, "%s", wrong[i]);
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        char *words[] = {"tool", (char *)right[i], NULL};
        ck_assert_msg(strcmp(video_get(video_of_words(words))->name, "moser") == 0, "%s", right[i]);
    }
    char *claude[] = {"claude", "-p", "/b/outputs/2015/other/s.py", NULL};
    char *code[] = {"sh", "-c", "/b/outputs/2015/other/s.py", NULL};
    char *wrapped[] = {"sudo", "-n", "claude", "/b/outputs/2015/other/s.py", NULL};
    char *key[] = {"tool", "--token", "/b/outputs/2015/other/s.py", NULL};
    char *const *const none[] = {claude, code, wrapped, key};
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(video_of_words(none[i]), VIDEO_NONE);
}
END_TEST

START_TEST(the_variable_takes_everything)
{
    config.video = "mine";
    video_init(NULL, no_words);
    ck_assert_str_eq(video_get(video_default.number)->name, "mine");
    ck_assert_str_eq(of("/b/outputs/2015/other/x")->name, "");
    ck_assert_str_eq(of("/b/outputs/2015/mine/x")->folder, "/b/outputs/2015/mine");
}
END_TEST

Suite *suite_video(void)
{
    Suite *s = suite_create("video");
    TCase *t = tcase_create("video");
    tcase_add_test(t, a_path_below_outputs_names_its_video);
    tcase_add_test(t, files_beside_the_videos_belong_to_none);
    tcase_add_test(t, a_folder_itself_belongs_to_its_video);
    tcase_add_test(t, the_first_pattern_wins_with_its_last_match);
    tcase_add_test(t, a_folder_that_is_not_there_is_no_video);
    tcase_add_test(t, own_patterns_have_stars_and_text_around_the_name);
    tcase_add_test(t, names_are_escaped_in_the_spool);
    tcase_add_test(t, one_number_a_video);
    tcase_add_test(t, argv_names_a_video_unless_it_names_two);
    tcase_add_test(t, a_folder_in_argv_counts_if_it_is_one);
    tcase_add_test(t, a_word_is_a_path_as_a_whole);
    tcase_add_test(t, the_variable_takes_everything);
    suite_add_tcase(s, t);
    return s;
}
