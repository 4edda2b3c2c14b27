/* Masking keys and tokens. */
#include "redact.h"

#include <string.h>

/* What begins a key, and how many token characters must follow for it to be one. */
static const struct {
    const char *prefix;
    unsigned least;
} key_prefixes[] = {
    {"sk-", 16},    {"ghp_", 16}, {"gho_", 16}, {"ghs_", 16}, {"github_pat_", 16},
    {"glpat-", 16}, {"xoxb-", 8}, {"xoxp-", 8}, {"hf_", 16},  {"pypi-", 16},
    {"npm_", 16},   {"AKIA", 16}, {"AIza", 16}, {"eyJ", 24},
};

/* Names whose value is a secret: the word after the name and one of `=`, `:`, or white space. */
static const char *const secret_names[] = {
    "api-key", "api_key",  "apikey", "auth-token",    "auth_token", "access-token", "access_token",
    "secret",  "password", "passwd", "authorization", "bearer",     "token",
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_' ||
           c == '.' || c == '+' || c == '/' || c == '=' || c == '~';
}

static size_t token_length(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && is_token_char(*p))
        p++;
    return (size_t)(p - start);
}

static bool same_letters(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(end - p) < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 32 : p[i]) != word[i])
            return false;
    return true;
}

/* Bytes at p that are a key, or 0. */
static size_t key_at(const char *p, const char *end)
{
    for (size_t i = 0; i < COUNT(key_prefixes); i++) {
        size_t n = strlen(key_prefixes[i].prefix);
        if ((size_t)(end - p) >= n && memcmp(p, key_prefixes[i].prefix, n) == 0) {
            size_t rest = token_length(p + n, end);
            if (rest >= key_prefixes[i].least)
                return n + rest;
        }
    }
    return 0;
}

/* The length of a secret's name at p, or 0. */
static size_t name_at(const char *p, const char *end)
{
    for (size_t i = 0; i < COUNT(secret_names); i++)
        if (same_letters(p, end, secret_names[i]))
            return strlen(secret_names[i]);
    return 0;
}

/* After a name: quotes, `:` or `=`, white space; then at least eight token characters are the value. */
static char *mask_value(char *p, char *end)
{
    char *start = p;
    while (p < end && (*p == '"' || *p == '\'' || *p == ' ' || *p == ':' || *p == '='))
        p++;
    if (p == start)
        return p;
    if (same_letters(p, end, "bearer ") || same_letters(p, end, "basic "))
        p += 6 + (p[5] != ' ');
    size_t n = token_length(p, end);
    if (n >= 8)
        memset(p, '*', n);
    return p + n;
}

void redact_text(char *text, size_t length)
{
    char *end = text + length;
    for (char *p = text; p < end;) {
        if (!is_token_char(*p)) {
            p++;
            continue;
        }
        size_t n = key_at(p, end);
        if (n > 0) {
            memset(p, '*', n);
            p += n;
        } else if ((n = name_at(p, end)) > 0) {
            p = mask_value(p + n, end);
        } else {
            p++;
        }
    }
}

/* ---- argv ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool program_is_claude(const char *path) { return path && strcmp(base_name(path), "claude") == 0; }

/* Options whose next word is the secret. */
static bool option_hides_next(const char *word)
{
    if (word[0] != '-' || strchr(word, '='))
        return false;
    word += 1 + (word[1] == '-');
    const char *end = word + strlen(word);
    for (const char *p = word; p < end; p++)
        if (name_at(p, end) > 0)
            return true;
    return false;
}

static bool is_model_name(const char *word)
{
    size_t n = token_length(word, word + strlen(word));
    return n > 0 && n <= 64 && word[n] == '\0' && key_at(word, word + n) == 0;
}

enum word_form { WORD_AS_IS, WORD_MASKED, WORD_AS_LENGTH };

static enum word_form claude_form(const char *word, const char *before)
{
    if (word[0] == '-')
        return strchr(word, '=') && !same_letters(word, word + strlen(word), "--model=") ? WORD_AS_LENGTH
                                                                                         : WORD_MASKED;
    return before && strcmp(before, "--model") == 0 && is_model_name(word) ? WORD_MASKED : WORD_AS_LENGTH;
}

static enum word_form word_form(const struct args *a, size_t i)
{
    const char *before = i > 0 ? a->words[i - 1] : NULL;
    if (i == 0)
        return WORD_AS_IS;
    if (a->claude && !program_is_claude(a->words[i]))
        return claude_form(a->words[i], before);
    return WORD_MASKED;
}

static size_t put_length(char *out, size_t n)
{
    char digits[24];
    size_t at = sizeof digits, used = 0;
    do
        digits[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    out[used++] = '<';
    while (at < sizeof digits)
        out[used++] = digits[at++];
    out[used++] = '>';
    return used;
}

/* One word into room bytes; returns what it takes. */
static size_t put_word(const struct args *a, size_t i, char *out, size_t room)
{
    const char *word = a->words[i];
    size_t n = strlen(word);
    char length[32];
    enum word_form form = word_form(a, i);
    bool hidden = i > 0 && option_hides_next(a->words[i - 1]);
    if (form == WORD_AS_LENGTH) {
        n = put_length(length, n);
        word = length;
    }
    if (n > room)
        n = room;
    if (out && hidden) {
        memset(out, '*', n);
    } else if (out) {
        memcpy(out, word, n);
        if (form == WORD_MASKED)
            redact_text(out, n);
    }
    return n;
}

struct args args_measure(const char *program, char *const *words)
{
    struct args a = {.words = words};
    if (!words)
        return a;
    a.claude = program_is_claude(program) ||
               (words[0] && (program_is_claude(words[0]) || (words[1] && program_is_claude(words[1]))));
    for (size_t i = 0; words[i]; i++) {
        a.full_bytes += strlen(words[i]) + 1;
        if (a.bytes + 1 < ARGS_KEPT_BYTES)
            a.bytes += (uint32_t)put_word(&a, i, NULL, ARGS_KEPT_BYTES - 1 - a.bytes) + 1;
    }
    return a;
}

/* The words may change under us (another thread's): never more than was measured, and all of it is written.
 */
void args_write(const struct args *a, char *out)
{
    size_t at = 0;
    for (size_t i = 0; at + 1 < a->bytes && a->words[i]; i++) {
        at += put_word(a, i, out + at, a->bytes - 1 - at);
        out[at++] = '\0';
    }
    memset(out + at, 0, a->bytes - at);
}
