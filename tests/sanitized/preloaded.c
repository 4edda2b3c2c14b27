/* What a sanitizer is told when the recorder is preloaded in front of its runtime. */
#include <stdlib.h>

/* Asked before the sanitizer is ready. Its own symbols are not looked up and no signal is its: both would
 * pass hooks then.
 */
#define OPTIONS "symbolize=0:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
#define EXPORT  __attribute__((visibility("default"), no_sanitize_thread, no_sanitize_address)) const char *

EXPORT __asan_default_options(void);
EXPORT __asan_default_options(void) { return OPTIONS "verify_asan_link_order=0:detect_leaks=0"; }

/* The programs are not built with the sanitizer: what they do among themselves is not looked at. */
EXPORT __tsan_default_options(void);
EXPORT __tsan_default_options(void) { return OPTIONS "ignore_noninstrumented_modules=1:exitcode=0"; }

/* Reports go to the files REPORTS.<pid>; an option would make its folder through a hook, too early again. */
extern void __sanitizer_set_report_path(const char *path);

__attribute__((constructor)) static void set_report_path(void)
{
    const char *path = getenv("REPORTS");
    if (path)
        __sanitizer_set_report_path(path);
}
