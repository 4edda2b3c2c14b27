/* FNV-1a over the message in a plain form; part of logs.json, so it is for ever. */
#include "group/fingerprint.h"

#include <ctype.h>
#include <stdbool.h>

static uint64_t mix(uint64_t hash, char byte) { return (hash ^ (uint8_t)byte) * 0x100000001b3u; }

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The length of a number at the start of s: hexadecimal after 0x, or decimal with a fraction; 0: none. */
static size_t number_length(struct str s)
{
    size_t i = 0;
    if (s.len > 2 && s.ptr[0] == '0' && s.ptr[1] == 'x')
        for (i = 2; i < s.len && isxdigit((unsigned char)s.ptr[i]);)
            i++;
    else
        while (i < s.len && (isdigit((unsigned char)s.ptr[i]) ||
                             (i && s.ptr[i] == '.' && i + 1 < s.len && isdigit((unsigned char)s.ptr[i + 1]))))
            i++;
    return i;
}

/* The length of the folders of an absolute path at the start of s: /a/b/ of /a/b/c. */
static size_t folders_length(struct str s)
{
    size_t last = 0;
    for (size_t i = 0; i < s.len && (is_word(s.ptr[i]) || strchr("/.-~+", s.ptr[i])); i++)
        if (s.ptr[i] == '/')
            last = i + 1;
    return s.len && s.ptr[0] == '/' ? last : 0;
}

uint64_t fingerprint_of(struct str category, struct str message)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < category.len; i++)
        hash = mix(hash, category.ptr[i]);
    hash = mix(hash, '\n');
    bool in_word = false;
    for (size_t i = 0; i < message.len;) {
        struct str rest = str_slice(message, i, message.len);
        size_t number = in_word ? 0 : number_length(rest), folders = in_word ? 0 : folders_length(rest);
        in_word = is_word(rest.ptr[0]);
        hash = mix(hash, number ? '#' : folders ? '/' : rest.ptr[0]);
        i += number ? number : folders ? folders : 1;
    }
    return hash;
}
