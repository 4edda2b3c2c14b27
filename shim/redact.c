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

/* First letters of what is looked for, by the five low bits that upper and lower case share. */
static bool may_begin(char c)
{
    const uint32_t letters = 1u << ('a' & 31) | 1u << ('s' & 31) | 1u << ('p' & 31) | 1u << ('b' & 31) |
                             1u << ('t' & 31) | 1u << ('g' & 31) | 1u << ('x' & 31) | 1u << ('h' & 31) |
                             1u << ('n' & 31) | 1u << ('e' & 31) | 1u << ('v' & 31);
    return (c & 0x40) && (letters >> (c & 31) & 1);
}

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

/* What is to be hidden at p or behind a name there: its beginning, and *n bytes; 0: nothing, and the search
 * goes on at the result. */
static const char *hidden_at(const char *text, const char *p, const char *end, size_t *n)
{
    *n = 0;
    if (!may_begin(*p))
        return p + 1;
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
