#include "suites.h"

#include "user_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096

/* Three pages, the last of which is gone. */
static char *two_pages(void)
{
    char *p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(p, MAP_FAILED);
    munmap(p + 2 * PAGE, PAGE);
    memset(p, 'x', 2 * PAGE);
    return p;
}

START_TEST(a_copy_is_whole)
{
    char from[200], to[200];
    for (size_t n = 0; n < sizeof from; n++) {
        memset(from, (int)n, sizeof from);
        memset(to, 0xff, sizeof to);
        ck_assert_uint_eq(user_copy(to, from, n), n);
        ck_assert_int_eq(memcmp(to, from, n), 0);
        ck_assert_int_eq((unsigned char)to[n], 0xff);
    }
}
END_TEST

START_TEST(a_text_ends_with_its_nul_or_its_room)
{
    char to[8];
    ck_assert_uint_eq(user_text(to, "abc", sizeof to), 3);
    ck_assert_str_eq(to, "abc");
    ck_assert_uint_eq(user_text(to, "", sizeof to), 0);
    ck_assert_uint_eq(user_text(to, "0123456789", sizeof to), sizeof to);
    ck_assert_int_eq(memcmp(to, "01234567", sizeof to), 0);
    ck_assert_uint_eq(user_text(to, "abc", 0), 0);
    ck_assert_uint_eq(user_length("abc", SIZE_MAX), 3);
    ck_assert_uint_eq(user_length("abc", 2), 2);
    char *longer = calloc(1, 1000);
    memset(longer, 'y', 999);
    ck_assert_uint_eq(user_length(longer, SIZE_MAX), 999);
    ck_assert_uint_eq(user_length(longer, 128), 128);
    free(longer);
}
END_TEST

START_TEST(what_is_none_is_not_taken)
{
    char to[64];
    char *p = two_pages(), *end = p + 2 * PAGE;
    errno = 77;
    ck_assert(user_take(to, end - sizeof to, sizeof to));
    ck_assert(!user_take(to, end - sizeof to + 1, sizeof to));
    ck_assert(!user_take(to, end, 1));
    ck_assert(!user_take(to, NULL, 1));
    ck_assert(!user_take(to, (void *)16, 1));
    ck_assert(!user_take(to, (void *)-1L, 1));
    ck_assert(!user_take(to, (void *)0xffff888000001000, 1));
    ck_assert(!user_take(to, (void *)0x4141414141414141, 1));
    ck_assert_int_eq(errno, 77);
}
END_TEST

START_TEST(a_view_ends_where_the_memory_does)
{
    char *p = two_pages(), *end = p + 2 * PAGE;
    struct user_view v = {.believes = false};
    ck_assert(user_view_bytes(&v, p + 100, 2 * PAGE - 100));
    ck_assert(!user_view_bytes(&v, p + 100, 2 * PAGE - 99));
    ck_assert(user_view_bytes(&v, NULL, 0));
    ck_assert(!user_view_bytes(&v, NULL, 8));
    ck_assert(!user_view_bytes(&v, (void *)-1L, 8));
    ck_assert(!user_view_bytes(&v, (void *)-8L, 8));
    ck_assert(!user_view_text(&v, p + 5));
    end[-1] = '\0';
    ck_assert(user_view_text(&v, p + 5));
    ck_assert(user_view_text(&v, end - 1));
    ck_assert(!user_view_text(&v, end));
}
END_TEST

START_TEST(words_are_seen_one_by_one)
{
    char *p = two_pages(), **words = (char **)(p + 2 * PAGE) - 3;
    struct user_view v = {.believes = false};
    words[0] = (char *)"one";
    words[1] = (char *)"two";
    words[2] = NULL;
    ck_assert(user_view_words(&v, words));
    words[1] = (char *)1;
    ck_assert(!user_view_words(&v, words));
    words[1] = p; /* without an end */
    words[2] = (char *)"three";
    ck_assert(!user_view_words(&v, words));
    p[PAGE] = '\0';
    ck_assert(!user_view_words(&v, words)); /* without NULL */
    words[2] = NULL;
    ck_assert(user_view_words(&v, words));
}
END_TEST

START_TEST(rooms_are_apart_and_wiped)
{
    char *rooms[20];
    for (int i = 0; i < 20; i++) {
        rooms[i] = user_room_take();
        ck_assert_ptr_nonnull(rooms[i]);
        memset(rooms[i], i + 1, USER_ROOM_BYTES);
    }
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(rooms[i][0], i + 1);
        ck_assert_int_eq(rooms[i][USER_ROOM_BYTES - 1], i + 1);
    }
    for (int i = 0; i < 20; i++)
        user_room_give(rooms[i], 100);
    char *again = user_room_take();
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(again[i], 0);
}
END_TEST

Suite *suite_user_memory(void)
{
    Suite *s = suite_create("user_memory");
    TCase *t = tcase_create("user_memory");
    tcase_add_test(t, a_copy_is_whole);
    tcase_add_test(t, a_text_ends_with_its_nul_or_its_room);
    tcase_add_test(t, what_is_none_is_not_taken);
    tcase_add_test(t, a_view_ends_where_the_memory_does);
    tcase_add_test(t, words_are_seen_one_by_one);
    tcase_add_test(t, rooms_are_apart_and_wiped);
    suite_add_tcase(s, t);
    return s;
}
