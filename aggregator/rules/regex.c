/* Compiles, matches, reads named groups; memory comes from the arena. */
#include "rules/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_STEPS_MAX 200000

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static void *allocate(size_t bytes, void *arena) { return arena_alloc(arena, bytes); }

static void give(void *block, void *arena)
{
    (void)block; /* the arena gives it back with everything else */
    (void)arena;
}

static int refuse(struct str where, int code, size_t offset, struct err *err)
{
    PCRE2_UCHAR text[160];
    pcre2_get_error_message(code, text, sizeof text);
    return err_set(err, ERR_INPUT, STR_FMT ": the expression is wrong at character %zu: %s.", STR_ARG(where),
                   offset, (const char *)text);
}

int regex_compile(struct arena *arena, struct str where, struct str pattern, struct regex **out,
                  struct err *err)
{
    pcre2_general_context *memory = pcre2_general_context_create(allocate, give, arena);
    pcre2_compile_context *options = pcre2_compile_context_create(memory);
    int code = 0;
    size_t offset = 0;

    struct regex *regex = ARENA_NEW(arena, struct regex);
    regex->code = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len, PCRE2_DUPNAMES,
                                &code, &offset, options);
    if (!regex->code)
        return refuse(where, code, offset, err);
    regex->data = pcre2_match_data_create_from_pattern(regex->code, memory);
    regex->limits = pcre2_match_context_create(memory);
    pcre2_set_match_limit(regex->limits, MATCH_STEPS_MAX);
    *out = regex;
    return 0;
}

bool regex_match(struct regex *regex, struct str text)
{
    return pcre2_match(regex->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, regex->data,
                       regex->limits) >= 0;
}

struct str regex_group(const struct regex *regex, struct str text, unsigned number)
{
    const PCRE2_SIZE *bounds = pcre2_get_ovector_pointer(regex->data);
    if (number >= pcre2_get_ovector_count(regex->data) || bounds[2 * number] == PCRE2_UNSET)
        return STR("");
    return str_slice(text, bounds[2 * number], bounds[2 * number + 1] - bounds[2 * number]);
}

static bool group_took_part(const struct regex *regex, unsigned number)
{
    return pcre2_get_ovector_pointer(regex->data)[2 * number] != PCRE2_UNSET;
}

bool regex_capture(struct regex *regex, struct str text, struct arena *arena, struct vec *values)
{
    if (!regex_match(regex, text))
        return false;
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++) {
        PCRE2_SPTR entry = table + (size_t)i * size;
        unsigned number = (unsigned)entry[0] << 8 | entry[1];
        if (!group_took_part(regex, number))
            continue;
        struct value *value = VEC_PUSH(arena, values, struct value);
        value->name = str_of((const char *)entry + 2);
        value->text = regex_group(regex, text, number);
    }
    return true;
}
