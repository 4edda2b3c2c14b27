/* Telling by names: of programs, of options, of variables. */
#include "command.h"

#include "paths.h"

#include <string.h>

#define WORDS_MAX 4096 /* looked at; what comes after them is not kept anyway */

#define IN(list, text, n) in_list(list, sizeof(list) / sizeof *(list), text, n)

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c; }

static bool same(const char *a, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != word[i])
            return false;
    return word[n] == '\0';
}

static bool in_list(const char *const *list, size_t count, const char *text, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (same(text, n, list[i]))
            return true;
    return false;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- the claude program ---- */

static bool is_script_of_claude(const char *word, const char *base)
{
    if (strcmp(base, "cli.js") != 0 && strcmp(base, "cli.mjs") != 0 && strcmp(base, "cli.cjs") != 0)
        return false;
    return strstr(word, "claude") || (word[0] != '/' && path_cwd_holds("claude"));
}

bool command_names_claude(const char *word)
{
    static const char *const names[] = {"claude",     "claude.exe",     "claude.cmd",  "claude.js",
                                        "claude.sh",  "claude.mjs",     "claude-code", "claude-code.js",
                                        "claude.cjs", "claude-code.exe"};
    if (!word)
        return false;
    const char *base = base_name(word);
    return IN(names, base, strlen(base)) || begins(base, "claude@") || begins(base, "claude-code@") ||
           strstr(word, "/claude/versions/") || is_script_of_claude(word, base);
}

/* Options whose value is a name: of a model, of who offers it, of a container. */
static bool is_value_of_name(const char *before)
{
    static const char *const names[] = {
        "--model",  "--provider", "--backend", "--llm",       "--engine",  "--vendor",   "--api",   "--name",
        "--author", "--user",     "--agent",   "--assistant", "--network", "--hostname", "--label", "--tag"};
    return before && IN(names, before, strlen(before));
}

static size_t find_claude(char *const *words)
{
    for (size_t i = 0; words[i] && i < WORDS_MAX; i++)
        if (command_names_claude(words[i]) && !(i > 0 && is_value_of_name(words[i - 1])))
            return i;
    return COMMAND_NO_CLAUDE;
}

static bool ends_a_name(const char *p)
{
    static const char *const more[] = {".exe", ".cmd", ".js", ".mjs", ".cjs", ".sh"};
    if (begins(p, "-code"))
        p += 5;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (begins(p, more[i]))
            return true;
    return !is_letter(*p) && !is_digit(*p) && !strchr("_-./", *p) && *p;
}

/* A word of it that stands for the program: no part of a longer name, no folder's. A text's last word, too.
 */
static bool mentions_claude(const char *text)
{
    for (const char *p = text; (p = strstr(p, "claude")); p++) {
        bool begin = p == text || (!is_letter(p[-1]) && !is_digit(p[-1]) && !strchr("_-.", p[-1]));
        const char *after = p + strlen("claude");
        if (begin && (*after == '\0' || *after == '@' || ends_a_name(after) || begins(after, "-code/cli.") ||
                      begins(after, "-code@") || strcmp(after, "-code") == 0 || begins(after, "/versions/") ||
                      (after[0] == '.' && after[1] <= ' ')))
            return true;
    }
    return false;
}

static bool is_text(const char *word) { return word[strcspn(word, " \t\n\r;|&<>()$`\"'{}[]*?\\!,")] != '\0'; }

/* ---- interpreters ---- */

static bool is_shell(const char *word)
{
    static const char *const names[] = {"sh",   "bash", "dash", "zsh",     "ksh",
                                        "mksh", "ash",  "fish", "busybox", "rbash"};
    const char *base = base_name(word);
    if (*base == '-')
        base++;
    return IN(names, base, strlen(base));
}

static bool is_interpreter(const char *word)
{
    static const char *const names[] = {"node", "nodejs", "bun", "deno", "perl",
                                        "ruby", "php",    "env", "lua",  "tsx"};
    const char *base = base_name(word);
    size_t n = strcspn(base, "0123456789.");
    return IN(names, base, n) || begins(base, "python") || begins(base, "pypy") || is_shell(word);
}

/* "-c", "-lc", "-ec" ...: the next word is code, of Perl's kin behind "-e". */
static bool takes_code(const char *option)
{
    static const char *const long_ones[] = {"--eval", "--print", "--command", "--execute"};
    size_t n = strlen(option);
    if (option[0] != '-' || n < 2)
        return false;
    if (option[1] == '-')
        return IN(long_ones, option, n);
    for (size_t i = 1; i < n; i++)
        if (!is_letter(option[i]))
            return false;
    return n <= 6 && (option[n - 1] == 'c' || ((option[n - 1] | 32) == 'e') || option[n - 1] == 'r' ||
                      option[n - 1] == 'p');
}

static bool any_before(const struct command *c, size_t i, bool (*is)(const char *))
{
    for (size_t k = 0; k < i; k++)
        if (is(c->words[k]))
            return true;
    return false;
}

static bool is_code_of(const struct command *c, size_t i, bool (*is)(const char *))
{
    return i > 0 && takes_code(c->words[i - 1]) && any_before(c, i, is);
}

/* Between the interpreter and its script stand options and what they take. */
static bool runs_script(const char *program, char *const *words, size_t script)
{
    if (!is_interpreter(program ? program : words[0]) && !is_interpreter(words[0]))
        return false;
    for (size_t i = 1; i < script; i++)
        if (words[i][0] != '-' && words[i - 1][0] != '-')
            return false;
    return true;
}

/* Of the claude program's own words, where a script's interpreter may stand before its name. */
static size_t find_own_name(char *const *words)
{
    for (size_t i = 0; i < 4 && words[i]; i++) {
        if (command_names_claude(words[i]))
            return i;
        if (!is_interpreter(words[i]) && (i == 0 || words[i][0] != '-'))
            break;
    }
    return 0;
}

struct command command_of(const char *program, char *const *words)
{
    struct command c = {words, COMMAND_NO_CLAUDE, command_names_claude(program), false, false};
    if (!words || !words[0]) {
        c.calls_claude = c.is_claude;
        return c;
    }
    c.claude = c.is_claude ? find_own_name(words) : find_claude(words);
    c.is_claude |= c.claude == 0 || c.claude == 1 ||
                   (c.claude != COMMAND_NO_CLAUDE && runs_script(program, words, c.claude));
    c.calls_claude = c.claude != COMMAND_NO_CLAUDE;
    for (size_t i = 1; !c.calls_claude && words[i] && i < WORDS_MAX; i++)
        c.calls_claude = c.by_code = is_text(words[i]) && mentions_claude(words[i]);
    return c;
}

/* ---- keys ---- */

static bool is_benign(const char *part, size_t n)
{
    static const char *const names[] = {"file",   "path",  "dir",    "name",  "id",   "url",
                                        "type",   "size",  "length", "len",   "bits", "count",
                                        "format", "frame", "index",  "count", "limit"};
    return IN(names, part, n);
}

/* A part of a name: strong ones count anywhere, weak ones at the end. */
static bool is_secret_part(const char *part, size_t n, bool last)
{
    static const char *const strong[] = {"apikey",     "secret",        "password",   "passwd",
                                         "passphrase", "token",         "credential", "credentials",
                                         "bearer",     "authorization", "accesskey",  "secretkey",
                                         "privatekey", "authtoken",     "accesstoken"};
    static const char *const weak[] = {"key",       "auth", "pass", "pwd",    "cookie",
                                       "signature", "sig",  "keys", "secrets"};
    return IN(strong, part, n) || (last && IN(weak, part, n));
}

static bool begins_part(const char *name, size_t at)
{
    return strchr("-_.", name[at - 1]) ||
           (name[at] >= 'A' && name[at] <= 'Z' && name[at - 1] >= 'a' && name[at - 1] <= 'z');
}

bool command_name_is_secret(const char *name, size_t n)
{
    bool found = false, after_api = false;
    for (size_t at = 0, end; at < n; at = end) {
        for (end = at + 1; end < n && !begins_part(name, end); end++) {
        }
        size_t length = end - at;
        while (length > 0 && strchr("-_.", name[at + length - 1]))
            length--;
        bool last = end == n;
        if (last && found && is_benign(name + at, length))
            return false;
        found |= length > 0 &&
                 (is_secret_part(name + at, length, last) || (after_api && same(name + at, length, "key")));
        after_api = same(name + at, length, "api");
    }
    return found;
}

static bool is_sender(const char *word)
{
    static const char *const names[] = {"curl", "wget", "http", "https", "xh", "curlie", "httpie", "grpcurl"};
    const char *base = base_name(word);
    return IN(names, base, strlen(base));
}

static bool is_number(const char *word)
{
    size_t n = strspn(word, "0123456789,.");
    return n > 0 && n <= 6 && word[n] == '\0';
}

/* Options whose next word is a key, by their names; of those that send requests, users with passwords too. */
static bool takes_secret(const struct command *c, size_t option)
{
    static const char *const of_senders[] = {
        "-u", "--user", "--proxy-user", "-b", "--cookie", "--oauth2-bearer", "-a"};
    const char *word = c->words[option];
    if (word[0] != '-' || strchr(word, '='))
        return false;
    size_t dashes = 1 + (word[1] == '-');
    if (command_name_is_secret(word + dashes, strlen(word + dashes)))
        return true;
    if (strcmp(base_name(c->words[0]), "sshpass") == 0 && strcmp(word, "-p") == 0)
        return true;
    return IN(of_senders, word, strlen(word)) && any_before(c, option, is_sender);
}

static bool takes_header(const char *option)
{
    return strcmp(option, "-H") == 0 || strcmp(option, "--header") == 0 ||
           strcmp(option, "--proxy-header") == 0;
}

static bool takes_body(const char *option)
{
    static const char *const names[] = {
        "-d",     "--data", "--data-raw",    "--data-binary", "--data-ascii", "--data-urlencode",
        "--json", "--form", "--form-string", "--post-data",   "--body-data",  "-f"};
    return IN(names, option, strlen(option));
}

/* The body within the word of its option. */
static bool holds_body(const char *word)
{
    const char *equals = strchr(word, '=');
    if (word[0] != '-' || word[1] == '\0')
        return false;
    if (word[1] != '-')
        return (word[1] == 'd' || word[1] == 'F') && word[2] != '\0' && word[2] != '@';
    return equals && (begins(word, "--data") || begins(word, "--json=") || begins(word, "--form") ||
                      begins(word, "--post-data=") || begins(word, "--body-data="));
}

static enum command_word word_of_sender(const struct command *c, size_t i)
{
    const char *before = c->words[i - 1], *word = c->words[i];
    if (takes_header(before))
        return COMMAND_HEADER;
    if ((takes_body(before) && word[0] != '@') || holds_body(word))
        return COMMAND_BODY;
    return COMMAND_PLAIN;
}

enum command_word command_word(const struct command *c, size_t i)
{
    const char *word = c->words[i];
    if (i == 0)
        return COMMAND_NAME;
    if (i > c->claude)
        return COMMAND_CLAUDE;
    if (i < c->claude && is_text(word) && mentions_claude(word))
        return is_code_of(c, i, is_shell) ? COMMAND_CLAUDE_CODE : COMMAND_CLAUDE_TEXT;
    if (is_code_of(c, i, is_interpreter))
        return COMMAND_CODE;
    if (takes_secret(c, i - 1) && !is_number(word))
        return COMMAND_SECRET;
    return any_before(c, i, is_sender)     ? word_of_sender(c, i)
           : takes_header(c->words[i - 1]) ? COMMAND_HEADER
                                           : COMMAND_PLAIN;
}
