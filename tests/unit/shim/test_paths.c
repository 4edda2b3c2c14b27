#include "suites.h"

#include "paths.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check_path(const char *given, const char *expected)
{
    struct path p;
    ck_assert(path_make(&p, AT_FDCWD, given));
    ck_assert_str_eq(p.text, expected);
    ck_assert_uint_eq(p.length, strlen(expected));
}

START_TEST(dots_and_empty_components_go)
{
    check_path("/a/./b//c/", "/a/b/c");
    check_path("/a/../b", "/b");
    check_path("/../../x", "/x");
    check_path("/", "/");
    check_path("/a/..", "/");
    check_path("/a/...", "/a/...");
    check_path("/a/.b/..c", "/a/.b/..c");
}
END_TEST

START_TEST(relative_paths_begin_in_the_working_directory)
{
    ck_assert_int_eq(chdir("/usr/bin"), 0);
    path_cwd_changed();
    check_path("x/y", "/usr/bin/x/y");
    check_path("../lib", "/usr/lib");
    ck_assert_int_eq(chdir("/"), 0);
    path_cwd_changed();
    check_path("x", "/x");
}
END_TEST

START_TEST(a_directory_descriptor_is_resolved)
{
    struct path p;
    int fd = open("/usr/lib", O_RDONLY | O_DIRECTORY);
    ck_assert(path_make(&p, fd, "../bin/x"));
    ck_assert_str_eq(p.text, "/usr/bin/x");
    close(fd);
    ck_assert(!path_make(&p, 987654, "x"));
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
    struct path p;
    char *name = malloc(PATH_BYTES + 10);
    memset(name, 'a', PATH_BYTES + 9);
    name[0] = '/';
    name[PATH_BYTES + 9] = '\0';
    ck_assert(!path_make(&p, AT_FDCWD, name));
    name[PATH_BYTES - 1] = '\0';
    ck_assert(path_make(&p, AT_FDCWD, name));
    free(name);
}
END_TEST

/* More of it than there is room for at once, and yet no long path. */
START_TEST(what_falls_away_may_be_long)
{
    char *name = malloc(6 * PATH_BYTES), *at = name;
    at = stpcpy(at, "/a");
    for (int i = 0; i < 3 * PATH_BYTES / 4; i++)
        at = stpcpy(at, "/./x/..");
    strcpy(at, "/b");
    check_path(name, "/a/b");
    memset(name, '/', 2 * PATH_BYTES);
    strcpy(name + 2 * PATH_BYTES, "b/..//c/");
    check_path(name, "/c");
    free(name);
}
END_TEST

START_TEST(below_minds_component_borders)
{
    ck_assert(path_below("/tmp/x", "/tmp"));
    ck_assert(path_below("/tmp/x", "/tmp/"));
    ck_assert(path_below("/tmp", "/tmp"));
    ck_assert(path_below("/x", "/"));
    ck_assert(!path_below("/tmpx", "/tmp"));
    ck_assert(!path_below("/x", ""));
}
END_TEST

Suite *suite_paths(void)
{
    Suite *s = suite_create("paths");
    TCase *t = tcase_create("paths");
    tcase_add_test(t, dots_and_empty_components_go);
    tcase_add_test(t, relative_paths_begin_in_the_working_directory);
    tcase_add_test(t, a_directory_descriptor_is_resolved);
    tcase_add_test(t, what_is_too_long_is_refused);
    tcase_add_test(t, what_falls_away_may_be_long);
    tcase_add_test(t, below_minds_component_borders);
    suite_add_tcase(s, t);
    return s;
}
