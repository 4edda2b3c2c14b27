/* Runs every unit test. With a word: only the rooms whose name begins with it. */
#include "unit.h"

#include <stdlib.h>

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

int main(int argc, char **argv)
{
    if (!folders_begin())
        return 1;
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
    folders_end();
    return failed != 0;
}
