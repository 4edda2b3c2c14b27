/* Runs every unit test. With a word: only the rooms whose name begins with it. */
#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEST_SECONDS 120

static SRunner *runner;
static const char *chosen = "";

struct waiting {
    struct waiting *next;
    const char *room;
    const TTest **tests;
    unsigned count;
};
static struct waiting *waiting;

/* Constructors run before main knows what is chosen. */
void unit_register(const char *room, const TTest *const *tests, unsigned count)
{
    struct waiting *w = malloc(sizeof *w);
    *w = (struct waiting){waiting, room, malloc(count * sizeof *tests), count};
    memcpy(w->tests, tests, count * sizeof *tests);
    waiting = w;
}

static void add(const struct waiting *w)
{
    Suite *suite = suite_create(w->room);
    TCase *tcase = tcase_create(w->room);
    tcase_set_timeout(tcase, TEST_SECONDS);
    for (unsigned i = 0; i < w->count; i++)
        tcase_add_test(tcase, w->tests[i]);
    suite_add_tcase(suite, tcase);
    srunner_add_suite(runner, suite);
}

static char folder[4096];

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

const char *unit_folder(void)
{
    const char *top = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/vlagg-unit-XXXXXX", top && *top ? top : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    FILE *list = fopen(getenv("UNIT_FOLDERS"), "a");
    ck_assert_ptr_nonnull(list);
    fprintf(list, "%s\n", folder);
    fclose(list);
    return folder;
}

/* Each test runs in a process of its own; what they made is noted in a file. */
static void remove_folders(const char *list_name)
{
    char *line = NULL;
    size_t room = 0;
    FILE *list = fopen(list_name, "r");
    for (ssize_t got; list && (got = getline(&line, &room, list)) > 1;) {
        line[got - 1] = 0;
        nftw(line, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    if (list)
        fclose(list);
    free(line);
    unlink(list_name);
}

int main(int argc, char **argv)
{
    char list_name[] = "/tmp/vlagg-unit-list-XXXXXX";
    int fd = mkstemp(list_name);
    if (fd < 0)
        return 1;
    close(fd);
    setenv("UNIT_FOLDERS", list_name, 1);
    chosen = argc > 1 ? argv[1] : "";
    runner = srunner_create(NULL);
    for (struct waiting *w = waiting, *next; w; w = next) {
        next = w->next;
        if (strncmp(w->room, chosen, strlen(chosen)) == 0)
            add(w);
        free(w->tests);
        free(w);
    }
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    remove_folders(list_name);
    return failed != 0;
}
