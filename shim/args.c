/* Writing down the words of a command. Measuring and writing are one walk, so that they agree; memory that
 * another thread changes in between costs text, never room. */
#include "args.h"

#include "redact.h"

#include <string.h>

#define OPTION_BYTES 64 /* of an option's name */

/* Where text goes; out NULL: it is only measured. */
struct sink {
    char *out;
    size_t room, used;
    size_t hidden;
};

static void put(struct sink *s, const char *text, size_t n)
{
    size_t fits = s->room - s->used < n ? s->room - s->used : n;
    if (s->out)
        memcpy(s->out + s->used, text, fits);
    s->used += fits;
}

static void put_redacted(struct sink *s, const char *text, size_t n)
{
    size_t fits = s->room - s->used < n ? s->room - s->used : n;
    s->hidden += redact_copy(s->out ? s->out + s->used : NULL, s->out ? fits : 0, text, n);
    s->used += fits;
}

static void put_stars(struct sink *s, size_t n)
{
    size_t fits = s->room - s->used < n ? s->room - s->used : n;
    if (s->out)
        memset(s->out + s->used, '*', fits);
    s->used += fits;
    s->hidden += n;
}

static void put_length(struct sink *s, size_t n)
{
    char text[24];
    size_t at = sizeof text;
    text[--at] = '>';
    do
        text[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    text[--at] = '<';
    put(s, text + at, sizeof text - at);
    s->hidden++;
}

/* ---- names and values ---- */

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

static size_t name_length(const char *p)
{
    size_t n = 0;
    while (is_alnum(p[n]) || (p[n] && strchr("_-.", p[n])))
        n++;
    return n;
}

static size_t quoted_length(const char *p)
{
    size_t n = 1;
    while (p[n] && p[n] != *p)
        n += p[n] == '\\' && p[n + 1] ? 2 : 1;
    return n + (p[n] == *p);
}

/* The value at p: in quotes, else up to what ends one in a URL, JSON or code. */
static size_t value_length(const char *p)
{
    if (*p == '"' || *p == '\'')
        return quoted_length(p);
    return strcspn(p, " \t\r\n&;,\"'`)}]>|");
}

/* What lies between a name and its value: `=`, `:`, blanks and quotes, of which one is `=` or `:`; else 0. */
static size_t between(const char *p)
{
    size_t n = strspn(p, "\"'\\ \t");
    if (p[n] != '=' && p[n] != ':')
        return 0;
    n++;
    return n + strspn(p + n, " \t\\") + (p[n - 1] == ':' && strncmp(p + n, "//", 2) == 0 ? 2 : 0);
}

static size_t scheme_length(const char *p)
{
    static const char *const schemes[] = {"bearer ", "basic ", "token ", "digest "};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t k = 0;
        while (schemes[i][k] && (p[k] | (is_alnum(p[k]) ? 32 : 0)) == schemes[i][k])
            k++;
        if (!schemes[i][k])
            return k;
    }
    return 0;
}

static bool is_small_number(const char *p, size_t n) { return n <= 6 && strspn(p, "0123456789,.") >= n; }

/* The word that begins here is `name=value` or `Name: value` as a whole. */
static bool is_pair(const char *word, size_t name, size_t gap)
{
    return name > 0 && gap > 0 && (word[name] == '=' || (word[name] == ':' && word[name + 1] == ' '));
}

/* A name and a value that it hides, from p on: the value's length, and where it begins; 0: none. */
static size_t hidden_value(const char *word, const char *p, size_t name, const char **value)
{
    size_t dashes = strspn(p, "-"), gap = between(p + name);
    if (gap == 0 || dashes >= name || !command_name_is_secret(p + dashes, name - dashes))
        return 0;
    *value = p + name + gap;
    *value += scheme_length(*value);
    size_t n = p == word && is_pair(p, name, gap) ? strlen(*value) : value_length(*value);
    return is_small_number(*value, n) ? 0 : n;
}

/* user:password@ behind a scheme: what follows the name, up to the @. */
static size_t password_length(const char *p, const char **password)
{
    if (strncmp(p, "://", 3) != 0)
        return 0;
    size_t host = 3 + strcspn(p + 3, "/?# \t\n\"'");
    const char *at = memrchr(p + 3, '@', host - 3);
    const char *colon = at ? memchr(p + 3, ':', (size_t)(at - p) - 3) : NULL;
    *password = colon ? colon + 1 : p + 3;
    return at ? (size_t)(at - *password) : 0;
}

/* What hides at p, where no name's middle is: its length and place, 0: nothing, and how far to go on. */
static size_t hidden_at(const char *word, const char *p, const char **place, size_t *step)
{
    size_t name = name_length(p), n;
    *step = name > 0 ? name : 1;
    if (name > 0 && (n = hidden_value(word, p, name, place)) > 0)
        return n;
    return name == 0 ? password_length(p, place) : 0;
}

/* Values that their names say are secret as stars, the rest redacted. */
static void put_values_hidden(struct sink *s, const char *word)
{
    const char *done = word, *place = word;
    size_t step;
    for (const char *p = word; *p;) {
        size_t n = hidden_at(word, p, &place, &step);
        p = n > 0 ? place + n : p + step;
        if (n == 0)
            continue;
        put_redacted(s, done, (size_t)(place - done));
        put_stars(s, n);
        done = p;
    }
    put_redacted(s, done, strlen(done));
}

/* ---- a request ---- */

static void put_header(struct sink *s, const char *word)
{
    static const char *const open[] = {"content-type",   "accept",       "user-agent", "anthropic-version",
                                       "anthropic-beta", "host",         "range",      "expect",
                                       "content-length", "cache-control"};
    size_t name = name_length(word);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        size_t k = 0;
        while (k < name && open[i][k] && (word[k] | (is_alnum(word[k]) ? 32 : 0)) == open[i][k])
            k++;
        if (k == name && !open[i][k]) {
            put_values_hidden(s, word);
            return;
        }
    }
    if (word[name] == ':' || word[name] == '=') {
        size_t gap = between(word + name);
        put(s, word, name + gap);
        put_stars(s, strlen(word + name + gap));
    } else if (word[0] == '@') {
        put_redacted(s, word, strlen(word));
    } else {
        put_stars(s, strlen(word));
    }
}

/* ---- the claude program ---- */

/* "-p", "--model": no text that begins with a dash. */
static bool is_option(const char *word, size_t n)
{
    if (n < 2 || word[0] != '-' || n > OPTION_BYTES || (word[1] != '-' && n > 2))
        return false;
    size_t from = 1 + (word[1] == '-');
    for (size_t i = from; i < n; i++)
        if (!is_alnum(word[i]) && (i == from || (word[i] != '-' && word[i] != '_')))
            return false;
    return n > from;
}

static bool is_model_name(const char *word, size_t n)
{
    bool named = n > 0 && n <= OPTION_BYTES;
    for (size_t i = 0; i < n && named; i++)
        named = is_alnum(word[i]) || strchr("-_.:@[]", word[i]) || (word[i] == '/' && i > 0);
    return named && redact_copy(NULL, 0, word, n) == 0;
}

static bool is_word(const char *text, size_t n, const char *word)
{
    return n == strlen(word) && memcmp(text, word, n) == 0;
}

static void put_claude_word(struct sink *s, const char *before, size_t before_n, const char *word, size_t n)
{
    static const char equals[] = "--model=";
    bool model = (is_word(before, before_n, "--model") && is_model_name(word, n)) ||
                 (n > 8 && memcmp(word, equals, 8) == 0 && is_model_name(word + 8, n - 8));
    if (model || is_option(word, n))
        put(s, word, n);
    else
        put_length(s, n);
}

/* ---- a shell's text that calls it ---- */

/* The shell's word at p, quotes and all. */
static size_t shell_word(const char *p)
{
    size_t n = 0;
    while (p[n] && !strchr(" \t\r\n;&|<>()", p[n])) {
        if (p[n] == '"' || p[n] == '\'' || p[n] == '`')
            n += quoted_length(p + n);
        else
            n += p[n] == '\\' && p[n + 1] ? 2 : 1;
    }
    return n;
}

static const char *last_component(const char *word, size_t n)
{
    const char *slash = memrchr(word, '/', n);
    return slash ? slash + 1 : word;
}

static bool names_claude(const char *word, size_t n)
{
    char name[OPTION_BYTES];
    const char *last = last_component(word, n);
    n -= (size_t)(last - word);
    if (n >= sizeof name)
        return false;
    memcpy(name, last, n);
    name[n] = '\0';
    return command_names_claude(name);
}

/* What may be said of a command by its place: words that every shell text has. */
static bool is_common(const char *word, size_t n)
{
    static const char *const names[] = {"true",    "false", "cd",   "exec", "env",  "export", "time",
                                        "timeout", "nohup", "nice", "sudo", "cat",  "echo",   "printf",
                                        "tee",     "xargs", "if",   "then", "else", "fi",     "while",
                                        "for",     "do",    "done", "test", "set",  "npx",    "node",
                                        "bash",    "sh",    "!",    "{",    "}",    "command"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(word, n, names[i]))
            return true;
    return false;
}

/* Operators and options stay, what calls and is called, and where a folder is changed to; any other word is
 * its length: it may be what is piped, assigned or written for the program to read. */
static void put_shell_text(struct sink *s, const char *text)
{
    const char *before = "";
    size_t before_n = 0;
    bool first = true; /* of a command */
    for (const char *p = text; *p;) {
        size_t blank = strspn(p, " \t\r\n"), signs = strspn(p, ";&|<>()\n");
        if (blank > 0 || signs > 0) {
            size_t n = blank > 0 ? blank : signs;
            first |= strpbrk(p, ";&|(\n") && strpbrk(p, ";&|(\n") < p + n;
            put(s, p, n);
            p += n;
            continue;
        }
        size_t n = shell_word(p);
        bool stays = (first && is_common(p, n)) || names_claude(p, n);
        if (stays && first)
            put(s, p, n);
        else if (stays)
            put(s, last_component(p, n), n - (size_t)(last_component(p, n) - p));
        else
            put_claude_word(s, before, before_n, p, n);
        first = false;
        before = p;
        before_n = n;
        p += n;
    }
}

static void put_claude_code(struct sink *s, const char *text)
{
    s->hidden++;
    if (strstr(text, "<<")) /* lines of its own */
        put_length(s, strlen(text));
    else
        put_shell_text(s, text);
}

/* ---- words ---- */

static void put_word(struct sink *s, const struct command *c, size_t i)
{
    const char *word = c->words[i], *before = i > 0 ? c->words[i - 1] : "";
    switch (command_word(c, i)) {
    case COMMAND_CLAUDE:
        put_claude_word(s, before, strlen(before), word, strlen(word));
        break;
    case COMMAND_CLAUDE_CODE:
        put_claude_code(s, word);
        break;
    case COMMAND_CLAUDE_TEXT:
    case COMMAND_BODY:
        put_length(s, strlen(word));
        break;
    case COMMAND_SECRET:
        put_stars(s, strlen(word));
        break;
    case COMMAND_HEADER:
        put_header(s, word);
        break;
    default:
        put_values_hidden(s, word);
    }
}

bool args_word_is_open(const struct command *c, size_t i)
{
    struct sink s = {NULL, SIZE_MAX, 0, 0};
    enum command_word kind = command_word(c, i);
    if (kind != COMMAND_NAME && kind != COMMAND_PLAIN && kind != COMMAND_BODY)
        return false;
    put_values_hidden(&s, c->words[i]);
    return s.hidden == 0;
}

struct args args_measure(const char *program, char *const *words)
{
    struct args a = {.command = command_of(program, words)};
    a.claude = a.command.is_claude;
    for (size_t i = 0; words && words[i]; i++) {
        a.full_bytes += strlen(words[i]) + 1;
        if (a.bytes + 1 < ARGS_KEPT_BYTES) {
            struct sink s = {NULL, ARGS_KEPT_BYTES - 1 - a.bytes, 0, 0};
            put_word(&s, &a.command, i);
            a.bytes += (uint32_t)s.used + 1;
        }
    }
    return a;
}

/* The words may change under us (another thread's): never more than was measured, and all of it is written.
 */
void args_write(const struct args *a, char *out)
{
    size_t at = 0;
    for (size_t i = 0; at + 1 < a->bytes && a->command.words[i]; i++) {
        struct sink s = {out + at, a->bytes - 1 - at, 0, 0};
        put_word(&s, &a->command, i);
        at += s.used;
        out[at++] = '\0';
    }
    memset(out + at, 0, a->bytes - at);
}
