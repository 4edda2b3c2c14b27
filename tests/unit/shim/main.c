/* Runs every suite of the shim; each test in a process of its own, so state before main does not leak. */
#include "suites.h"

#include "shim.h"

#include <stdlib.h>

struct shim shim; /* init.c's, which is not linked here */

int main(void)
{
    if (!folders_begin())
        return EXIT_FAILURE;
    SRunner *runner = srunner_create(suite_crc32c());
    srunner_add_suite(runner, suite_clock());
    srunner_add_suite(runner, suite_crash());
    srunner_add_suite(runner, suite_detour());
    srunner_add_suite(runner, suite_hook());
    srunner_add_suite(runner, suite_hosts());
    srunner_add_suite(runner, suite_names());
    srunner_add_suite(runner, suite_paths());
    srunner_add_suite(runner, suite_python_lines());
    srunner_add_suite(runner, suite_redact());
    srunner_add_suite(runner, suite_text());
    srunner_add_suite(runner, suite_span_rules());
    srunner_add_suite(runner, suite_tz());
    srunner_add_suite(runner, suite_user_memory());
    srunner_add_suite(runner, suite_video());
    srunner_add_suite(runner, suite_writer());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    folders_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
