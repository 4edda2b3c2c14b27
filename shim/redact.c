/* Masking keys and tokens. What is copied is masked on the way: no byte of a key is stored, not even for a
 * moment, as whoever copies into a spool may be killed at any time. */
#include "redact.h"

#include <string.h>

/* What begins a key, and how many token characters must follow for it to be one. */
static const struct {
    const char *prefix;
    unsigned least;
} key_prefixes[] = {
    {"sk-", 16},    {"ghp_", 16}, {"gho_", 16}, {"ghs_", 16}, {"github_pat_", 16},
    {"glpat-", 16}, {"xoxb-", 8}, {"xoxp-", 8}, {"hf_", 16},  {"pypi-", 16},
    {"npm_", 16},   {"AKIA", 16}, {"AIza", 16}, {"eyJ", 24},  {"vlk_", 16},
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

/* After a name: quotes, `:` or `=`, white space; then at least eight token characters are the value, which
 * begins at the result and is *n long; 0: none. */
static const char *value_after(const char *p, const char *end, size_t *n)
{
    const char *start = p;
    *n = 0;
    while (p < end && (*p == '"' || *p == '\'' || *p == ' ' || *p == ':' || *p == '='))
        p++;
    if (p == start)
        return p;
    if (same_letters(p, end, "bearer ") || same_letters(p, end, "basic "))
        p += 6 + (p[5] != ' ');
    size_t token = token_length(p, end);
    if (token >= 8)
        *n = token;
    return p + (token < 8 ? token : 0);
}

#define L(letter) (1u << (letter & 31))

/* The second letters of what is looked for, by the first: the five low bits that upper and lower case share.
 * Most of a text is passed over by this alone. */
static const uint32_t second_letters[32] = {
    ['a' & 31] = L('p') | L('u') | L('c') | L('k') | L('i'),
    ['b' & 31] = L('e'),
    ['e' & 31] = L('y'),
    ['g' & 31] = L('h') | L('i') | L('l'),
    ['h' & 31] = L('f'),
    ['n' & 31] = L('p'),
    ['p' & 31] = L('a') | L('y'),
    ['s' & 31] = L('k') | L('e'),
    ['t' & 31] = L('o'),
    ['v' & 31] = L('l'),
    ['x' & 31] = L('o'),
};

typedef uint8_t row __attribute__((vector_size(16)));

static inline row row_at(const char *p)
{
    row r;
    __builtin_memcpy(&r, p, sizeof r);
    return r | 0x20; /* upper case is lower; what else it makes alike is looked at again */
}

/* Whether none of sixteen places begins what is looked for. */
static inline bool none_begins(const char *p)
{
    const row x = row_at(p), y = row_at(p + 1);
    row found = (row)(x == 'a') & (row)((y == 'p') | (y == 'u') | (y == 'c') | (y == 'k') | (y == 'i'));
    found |= (row)(x == 's') & (row)((y == 'k') | (y == 'e'));
    found |= (row)(x == 'p') & (row)((y == 'a') | (y == 'y'));
    found |= (row)(x == 'g') & (row)((y == 'h') | (y == 'i') | (y == 'l'));
    found |= (row)(((x == 'b') & (y == 'e')) | ((x == 'e') & (y == 'y')) | ((x == 'h') & (y == 'f')));
    found |= (row)(((x == 'n') & (y == 'p')) | ((x == 't') & (y == 'o')) | ((x == 'v') & (y == 'l')));
    found |= (row)((x == 'x') & (y == 'o'));
    uint64_t halves[2];
    __builtin_memcpy(halves, &found, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

static inline const char *pass_over(const char *p, const char *end)
{
    while (p + 17 < end && none_begins(p))
        p += 16;
    while (p + 1 < end && !(second_letters[p[0] & 31] >> (p[1] & 31) & 1))
        p++;
    return p + 1 < end ? p : end;
}

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

/* What is to be hidden at p or behind a name there: its beginning, and *n bytes; 0: nothing, and the search
 * goes on at the result. */
static const char *hidden_at(const char *text, const char *p, const char *end, size_t *n)
{
    *n = 0;
    p = pass_over(p, end);
    if (p == end)
        return end;
    bool within = p > text && is_alnum(p[-1]); /* "task-" holds no key */
    if (!within && (*n = key_at(p, end)) > 0)
        return p;
    size_t name = name_at(p, end);
    return name > 0 ? value_after(p + name, end, n) : p + 1;
}

static void store(char *out, size_t room, size_t at, const char *from, size_t n)
{
    if (at < room)
        memcpy(out + at, from, room - at < n ? room - at : n);
}

static void hide(char *out, size_t room, size_t at, size_t n)
{
    if (at < room)
        memset(out + at, '*', room - at < n ? room - at : n);
}

size_t redact_copy(char *out, size_t room, const char *text, size_t length)
{
    const char *end = text + length, *p = text, *done = text;
    size_t hidden = 0, n;
    while (p < end) {
        const char *at = hidden_at(text, p, end, &n);
        p = at + n;
        if (n == 0)
            continue;
        store(out, room, (size_t)(done - text), done, (size_t)(at - done));
        hide(out, room, (size_t)(at - text), n);
        hidden += n;
        done = p;
    }
    store(out, room, (size_t)(done - text), done, (size_t)(end - done));
    return hidden;
}

void redact_text(char *text, size_t length)
{
    size_t n;
    for (char *p = text, *end = text + length; p < end; p += n) {
        p = (char *)hidden_at(text, p, end, &n);
        memset(p, '*', n);
    }
}
