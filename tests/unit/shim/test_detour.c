/* Functions led to ours: they still do what they did, and what cannot be moved safely is left alone. */
#include "suites.h"

#include "detour.h"
#include "instruction.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__x86_64__)

/* rax = f(rdi): bodies as compilers begin them, and some that must not be touched. */
__asm__(
    ".text\n"
    ".p2align 4\nplain: endbr64\npush %rbp\nmov %rsp, %rbp\nsub $16, %rsp\nlea 1(%rdi), %rax\nleave\nret\n"
    "plain_end:\n"
    ".p2align 4\nbranching: test %rdi, %rdi\nje 1f\nlea 2(%rdi), %rax\nret\n1: mov $77, %eax\nret\n"
    "branching_end:\n"
    ".p2align 4\ncalling: sub $8, %rsp\ncall short_one\nadd $3, %rax\nadd $8, %rsp\nret\ncalling_end:\n"
    ".p2align 4\nrelative: mov value(%rip), %rax\nadd %rdi, %rax\nret\nvalue: .quad 40\nrelative_end:\n"
    ".p2align 4\nentered: xor %eax, %eax\n1: inc %rax\ndec %rdi\njne 1b\nret\nentered_end:\n"
    ".p2align 4\nshort_one: mov %rdi, %rax\nret\nshort_one_end:\n"
    ".p2align 4\nstrange: vmovd %edi, %xmm0\nvmovd %xmm0, %eax\nret\nstrange_end:\n");

#define FUNCTION(name) extern uint8_t name[], name##_end[]
FUNCTION(plain);
FUNCTION(branching);
FUNCTION(calling);
FUNCTION(relative);
FUNCTION(entered);
FUNCTION(short_one);
FUNCTION(strange);

typedef long (*function)(long);

static function real;
static long thousand_more(long x) { return 1000 + real(x); }
#define DETOUR(name)                                                                                         \
    {                                                                                                        \
        name, (size_t)(name##_end - name), (void *)thousand_more, NULL                                       \
    }

/* Hidden from the compiler, which might call the function by other means. */
static function call_of(void *code)
{
    __asm__ volatile("" : "+r"(code));
    return (function)code;
}

START_TEST(a_detoured_function_is_called_through_ours)
{
    struct {
        struct detour detour;
        long argument, result;
    } rows[] = {{DETOUR(plain), 4, 5},
                {DETOUR(branching), 4, 6},
                {DETOUR(branching), 0, 77},
                {DETOUR(relative), 2, 42},
                {DETOUR(calling), 4, 7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct detour *d = &rows[i].detour;
        function f = call_of(d->function);
        if (i != 2) /* the same function as before it */
            ck_assert(detour_place(d, 1));
        if (i != 2)
            real = (function)d->original;
        ck_assert_int_eq(f(rows[i].argument), 1000 + rows[i].result);
        ck_assert_int_eq(real(rows[i].argument), rows[i].result);
    }
}
END_TEST

START_TEST(what_cannot_be_moved_is_left_alone_with_all_that_belong_to_it)
{
    struct detour cases[][2] = {{DETOUR(plain), DETOUR(entered)},
                                {DETOUR(plain), DETOUR(short_one)},
                                {DETOUR(plain), DETOUR(strange)}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t before[16];
        memcpy(before, cases[i][0].function, sizeof before);
        ck_assert(!detour_place(cases[i], 2));
        ck_assert_int_eq(memcmp(before, cases[i][0].function, sizeof before), 0);
        ck_assert_ptr_eq(cases[i][0].original, cases[i][0].function);
        ck_assert_int_eq(call_of(plain)(4), 5);
    }
}
END_TEST

/* A whole library's code is longer than any test's list of instructions; sums must meet at the known ends. */
START_TEST(lengths_of_instructions)
{
    static const struct {
        const char *code;
        unsigned bytes;
    } rows[] = {
        {"\x55", 1},
        {"\x41\x57", 2},
        {"\x48\x89\xe5", 3},
        {"\x48\x83\xec\x18", 4},
        {"\x48\x81\xec\x88\x01\0\0", 7},
        {"\xf3\x0f\x1e\xfa", 4},
        {"\x48\x8d\x05\1\2\3\4", 7},
        {"\x48\x8b\x04\x25\1\2\3\4", 8},
        {"\x48\x8b\x44\x24\x08", 5},
        {"\x48\xb8\1\2\3\4\5\6\7\x08", 10},
        {"\xb8\1\2\3\4", 5},
        {"\x66\xb8\1\2", 4},
        {"\xf6\x47\x44\x01", 4},
        {"\xf7\xd8", 2},
        {"\xf7\xc7\1\2\3\4", 6},
        {"\x64\x48\x8b\x04\x25\x28\0\0\0", 9},
        {"\x48\x83\x7f\x30\0", 5},
        {"\xf0\x0f\xc1\x87\xe0\x09\0\0", 8},
        {"\x0f\x84\1\2\3\4", 6},
        {"\x74\x05", 2},
        {"\xe8\1\2\3\4", 5},
        {"\xff\xa7\1\2\3\4", 6},
        {"\x66\x0f\x6f\x05\1\2\3\4", 8},
        {"\x0f\xba\xe0\x07", 4},
        {"\x66\x0f\x3a\x0f\xc1\x08", 6},
        {"\xc7\x44\x24\x08\1\2\3\4", 8},
        {"\xc5\xf8\x77", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t code[16] = {0};
        memcpy(code, rows[i].code, rows[i].bytes ? rows[i].bytes : 3);
        ck_assert_msg(x86_read(code, sizeof code).bytes == rows[i].bytes, "row %zu: %u", i,
                      x86_read(code, sizeof code).bytes);
        if (rows[i].bytes > 1)
            ck_assert_int_eq(x86_read(code, rows[i].bytes - 1).bytes, 0);
    }
}
END_TEST

#endif

Suite *suite_detour(void)
{
    Suite *s = suite_create("detour");
    TCase *t = tcase_create("detour");
#if defined(__x86_64__)
    tcase_add_test(t, a_detoured_function_is_called_through_ours);
    tcase_add_test(t, what_cannot_be_moved_is_left_alone_with_all_that_belong_to_it);
    tcase_add_test(t, lengths_of_instructions);
#endif
    suite_add_tcase(s, t);
    return s;
}
