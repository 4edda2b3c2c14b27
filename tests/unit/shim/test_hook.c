#include "suites.h"

#include "hook.h"

#include <dlfcn.h>
#include <errno.h>

START_TEST(finds_what_dlsym_finds)
{
    static const char *const names[] = {"read",   "open64",  "posix_spawn", "execvpe",
                                        "fclose", "connect", "mkostemps64"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *expected = dlsym(RTLD_NEXT, names[i]);
        ck_assert_msg(hook_find(names[i]) == expected, "%s is not the one that dlsym finds", names[i]);
    }
}
END_TEST

START_TEST(what_nobody_defines_is_not_found_and_fails_with_enosys)
{
    ck_assert_ptr_null(hook_find("no_such_function_anywhere"));
    long (*function)(void) = (long (*)(void))hook_resolve("no_such_function_anywhere");
    errno = 0;
    ck_assert_int_eq(function(), -1);
    ck_assert_int_eq(errno, ENOSYS);
}
END_TEST

START_TEST(a_pending_dlerror_stays)
{
    dlsym(RTLD_DEFAULT, "no_such_function_anywhere");
    hook_find("read");
    ck_assert_ptr_nonnull(dlerror());
}
END_TEST

Suite *suite_hook(void)
{
    Suite *s = suite_create("hook");
    TCase *t = tcase_create("resolution");
    tcase_add_test(t, finds_what_dlsym_finds);
    tcase_add_test(t, what_nobody_defines_is_not_found_and_fails_with_enosys);
    tcase_add_test(t, a_pending_dlerror_stays);
    suite_add_tcase(s, t);
    return s;
}
