#include "suites.h"

#include "redact.h"

#include <stdlib.h>
#include <string.h>

static void check_text(const char *given, const char *expected)
{
    char text[256];
    strcpy(text, given);
    redact_text(text, strlen(text));
    ck_assert_str_eq(text, expected);
}

START_TEST(keys_are_masked)
{
    check_text("key sk-ant-api03-abcdefghijklmnop end", "key ***************************** end");
    check_text("x-api-key: abcdefgh12345678\n", "x-api-key: ****************\n");
    check_text("Authorization: Bearer abcdefghijkl", "Authorization: Bearer ************");
    check_text("{\"api_key\": \"0123456789abcdef\"}", "{\"api_key\": \"****************\"}");
    check_text("PASSWORD=hunter2hunter2", "PASSWORD=**************");
}
END_TEST

START_TEST(other_text_stays)
{
    check_text("NameError: name 'ShowCreation' is not defined",
               "NameError: name 'ShowCreation' is not defined");
    check_text("unexpected token at line 5", "unexpected token at line 5");
    check_text("task-sk-1 done, /usr/share/sk", "task-sk-1 done, /usr/share/sk");
    check_text("", "");
}
END_TEST

static void check_args(const char *program, char *const *words, const char *expected)
{
    struct args a = args_measure(program, words);
    char *out = malloc(a.bytes + 1);
    args_write(&a, out);
    for (uint32_t i = 0; i + 1 < a.bytes; i++)
        if (out[i] == '\0')
            out[i] = ' ';
    out[a.bytes] = '\0';
    ck_assert_str_eq(out, expected);
    free(out);
}

START_TEST(words_of_claude_become_their_length)
{
    char *words[] = {"claude", "--dangerously-skip-permissions", "--model", "sonnet", "-p", "fix my code",
                     NULL};
    check_args("/usr/bin/claude", words, "claude --dangerously-skip-permissions --model sonnet -p <11>");
    char *through_node[] = {"node", "/opt/bin/claude", "--append-system-prompt=be brief", "hello", NULL};
    check_args("/usr/bin/node", through_node, "node /opt/bin/claude <31> <5>");
}
END_TEST

START_TEST(values_of_secret_options_are_masked)
{
    char *words[] = {"curl", "--api-key", "abcdefghij", "-H", "x-api-key: abcdefghij", "http://localhost",
                     NULL};
    check_args("curl", words, "curl --api-key ********** -H x-api-key: ********** http://localhost");
}
END_TEST

START_TEST(long_commands_are_cut_and_their_size_is_known)
{
    char *word = malloc(ARGS_KEPT_BYTES * 2);
    memset(word, 'w', ARGS_KEPT_BYTES * 2 - 1);
    word[ARGS_KEPT_BYTES * 2 - 1] = '\0';
    char *words[] = {"a", word, "b", NULL};
    struct args a = args_measure("a", words);
    ck_assert_uint_eq(a.full_bytes, 2 + ARGS_KEPT_BYTES * 2 + 2);
    ck_assert_uint_le(a.bytes, ARGS_KEPT_BYTES);
    char *out = malloc(a.bytes);
    args_write(&a, out);
    ck_assert_int_eq(out[a.bytes - 1], '\0');
    free(out);
    free(word);
}
END_TEST

Suite *suite_redact(void)
{
    Suite *s = suite_create("redact");
    TCase *t = tcase_create("redact");
    tcase_add_test(t, keys_are_masked);
    tcase_add_test(t, other_text_stays);
    tcase_add_test(t, words_of_claude_become_their_length);
    tcase_add_test(t, values_of_secret_options_are_masked);
    tcase_add_test(t, long_commands_are_cut_and_their_size_is_known);
    suite_add_tcase(s, t);
    return s;
}
