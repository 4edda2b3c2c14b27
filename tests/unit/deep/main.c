/* The parsers of libvldeep.so. */
#include "play.h"

#include <stdlib.h>

int main(void)
{
    Suite *s = suite_create("deep");
    add_http1(s);
    add_http2(s);
    add_forms(s);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
