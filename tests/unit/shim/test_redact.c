#include "suites.h"

#include "args.h"
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
    check_text("/srv/flask-pipeline-of-lectures/a", "/srv/flask-pipeline-of-lectures/a");
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

/* Whatever stands before it. */
START_TEST(words_after_claude_become_their_length_behind_wrappers)
{
    char *timeout[] = {"timeout", "-k", "5", "300", "claude", "-p", "fix it", NULL};
    check_args("/usr/bin/timeout", timeout, "timeout -k 5 300 claude -p <6>");
    char *env[] = {"env", "MODE=fast", "npx", "@anthropic-ai/claude-code@2.1", "--print", "fix it", NULL};
    check_args("/usr/bin/env", env, "env MODE=fast npx @anthropic-ai/claude-code@2.1 --print <6>");
    char *node[] = {"node", "--no-warnings", "/opt/claude-code/cli.js", "fix it", NULL};
    check_args("/usr/bin/node", node, "node --no-warnings /opt/claude-code/cli.js <6>");
    char *named[] = {"script.py", "--provider", "claude", "--out", "film", NULL};
    check_args("script.py", named, "script.py --provider claude --out film");
}
END_TEST

START_TEST(only_options_of_claude_stay)
{
    char *words[] = {"claude",           "- a list", "-pfix it", "--a b",
                     "fix /some/claude", "--model",  "one two",  NULL};
    check_args("/usr/bin/claude", words, "claude <8> <8> <5> <16> --model <7>");
}
END_TEST

START_TEST(a_shell_text_that_calls_claude_keeps_options_alone)
{
    char *one[] = {"bash", "-lc", "cd /films; echo 'a film' | timeout 9 claude --model opus -p \"fix it\"",
                   NULL};
    check_args("/bin/bash", one, "bash -lc cd <6>; echo <8> | timeout <1> claude --model opus -p <8>");
    char *lines[] = {"sh", "-c", "claude -p <<EOF\nfix it\nEOF\n", NULL};
    check_args("/bin/sh", lines, "sh -c <27>");
    char *nested[] = {"sh", "-c", "bash -c 'claude -p fix'", NULL};
    check_args("/bin/sh", nested, "sh -c bash -c <15>");
    char *code[] = {"python3", "-c", "run(['claude', '-p', 'fix it'])", NULL};
    check_args("/usr/bin/python3", code, "python3 -c <31>");
    char *other[] = {"sh", "-c", "ls /home/claude/films claude-3-opus", NULL};
    check_args("/bin/sh", other, "sh -c ls /home/claude/films claude-3-opus");
}
END_TEST

START_TEST(values_of_secret_options_are_masked)
{
    char *words[] = {"curl", "--api-key", "abcdefghij", "-H", "x-api-key: abcdefghij", "http://localhost",
                     NULL};
    check_args("curl", words, "curl --api-key ********** -H x-api-key: ********** http://localhost");
    char *short_ones[] = {
        "tool", "KEY=abc def", "--auth-token=a", "dbPassword=x", "{\"key\": \"a b\"}", "--key", "2", NULL};
    check_args("tool", short_ones, "tool KEY=******* --auth-token=* dbPassword=* {\"key\": *****} --key 2");
    char *url[] = {"wget", "https://me:word@host/a?key=abc&page=2#token=x", "--header=Cookie: a=b", NULL};
    check_args("wget", url, "wget https://me:****@host/a?key=***&page=2#token=* --header=Cookie: ***");
    char *request[] = {"curl", "-d", "{\"text\": 1}", "-d", "@/a/body.json", "-u", "me:word", NULL};
    check_args("curl", request, "curl -d <11> -d @/a/body.json -u *******");
    char *plain[] = {"tool",   "--max-tokens=4096", "monkey=blue", "-force_key_frames",
                     "expr:1", "key-file=/a/b",     "hotkeys:a",   NULL};
    check_args("tool", plain,
               "tool --max-tokens=4096 monkey=blue -force_key_frames expr:1 key-file=/a/b hotkeys:a");
}
END_TEST

/* A key at the end of what is kept is masked as a whole. */
START_TEST(a_key_that_is_cut_is_masked)
{
    char *word = malloc(ARGS_KEPT_BYTES + 64);
    memset(word, ' ', ARGS_KEPT_BYTES);
    strcpy(word + ARGS_KEPT_BYTES - 16, "sk-ant-abcdefghijklmnopqrstuvwxyz");
    char *words[] = {"a", word, NULL};
    struct args a = args_measure("a", words);
    char *out = malloc(a.bytes);
    args_write(&a, out);
    ck_assert_ptr_null(memmem(out, a.bytes, "sk-", 3));
    ck_assert_ptr_nonnull(memmem(out, a.bytes, "******", 6));
    free(out);
    free(word);
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
    tcase_add_test(t, words_after_claude_become_their_length_behind_wrappers);
    tcase_add_test(t, only_options_of_claude_stay);
    tcase_add_test(t, a_shell_text_that_calls_claude_keeps_options_alone);
    tcase_add_test(t, a_key_that_is_cut_is_masked);
    tcase_add_test(t, values_of_secret_options_are_masked);
    tcase_add_test(t, long_commands_are_cut_and_their_size_is_known);
    suite_add_tcase(s, t);
    return s;
}
