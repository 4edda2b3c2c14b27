/* The shim's own functions for text give what libc's do. */
#define OWN(name) own_##name
#include "../../../shim/text.c"
#include "suites.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM  64
#define TURNS 300

static int sign(int n) { return (n > 0) - (n < 0); }

/* Few different bytes, so that much is found; both buffers end where the next page may not be read. */
static void draw(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text[i] = "abc"[rand() % 3];
    text[n] = '\0';
}

static char *before_the_edge(size_t n)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(pages != MAP_FAILED && mprotect(pages + 4096, 4096, PROT_NONE) == 0);
    return pages + 4096 - n;
}

static void compare_text(const char *a, const char *b, size_t n)
{
    ck_assert_uint_eq(own_strlen(a), strlen(a));
    ck_assert_uint_eq(own_strnlen(a, n), strnlen(a, n));
    ck_assert_int_eq(sign(own_strcmp(a, b)), sign(strcmp(a, b)));
    ck_assert_int_eq(sign(own_strncmp(a, b, n)), sign(strncmp(a, b, n)));
    ck_assert_ptr_eq(own_strstr(a, b), strstr(a, b));
    ck_assert_uint_eq(own_strspn(a, b), strspn(a, b));
    ck_assert_uint_eq(own_strcspn(a, b), strcspn(a, b));
    ck_assert_ptr_eq(own_strchr(a, 'c'), strchr(a, 'c'));
    ck_assert_ptr_eq(own_strchr(a, 0), strchr(a, 0));
    ck_assert_ptr_eq(own_strrchr(a, 'b'), strrchr(a, 'b'));
}

static void compare_memory(const char *a, size_t n, const char *b, size_t m)
{
    ck_assert_ptr_eq(own_memchr(a, 'b', n), memchr(a, 'b', n));
    ck_assert_ptr_eq(own_memchr(a, 'x', n), memchr(a, 'x', n));
    ck_assert_ptr_eq(own_memmem(a, n, b, m), memmem(a, n, b, m));
    ck_assert_int_eq(sign(own_memcmp(a, b, n < m ? n : m)), sign(memcmp(a, b, n < m ? n : m)));
}

static void compare_copies(const char *a, size_t n)
{
    char own[2 * ROOM], theirs[2 * ROOM];
    own_memset(own, 'z', sizeof own);
    memset(theirs, 'z', sizeof theirs);
    own_memcpy(own + 1, a, n);
    memcpy(theirs + 1, a, n);
    own_strcpy(own + ROOM, a);
    strcpy(theirs + ROOM, a);
    own_strncat(own + ROOM, a, 3);
    strncat(theirs + ROOM, a, 3);
    ck_assert_mem_eq(own, theirs, sizeof own);
}

START_TEST(they_agree_with_libcs)
{
    char *a = before_the_edge(ROOM), *b = before_the_edge(ROOM);
    srand(7);
    for (int i = 0; i < TURNS; i++) {
        size_t n = (size_t)rand() % (ROOM / 2), m = (size_t)rand() % 4;
        char *x = a + ROOM - n - 1, *y = b + ROOM - m - 1;
        draw(x, n);
        draw(y, m);
        compare_text(x, y, (size_t)rand() % ROOM);
        compare_memory(x, n, y, m);
        compare_copies(x, n);
    }
}
END_TEST

START_TEST(wide_ones_too)
{
    const wchar_t *text = L"wide text";
    ck_assert_uint_eq(own_wcslen(text), wcslen(text));
    ck_assert_ptr_eq(own_wmemchr(text, L't', 9), wmemchr(text, L't', 9));
    ck_assert_ptr_eq(own_wmemchr(text, L'q', 9), NULL);
}
END_TEST

Suite *suite_text(void)
{
    Suite *suite = suite_create("text");
    TCase *one = tcase_create("own");
    tcase_set_timeout(one, 60);
    tcase_add_test(one, they_agree_with_libcs);
    tcase_add_test(one, wide_ones_too);
    suite_add_tcase(suite, one);
    return suite;
}
