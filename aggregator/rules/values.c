/* Looks values up and fills templates. */
#include "rules/values.h"

struct str values_find(const struct vec *values, struct str name)
{
    struct str found = STR("");
    VEC_EACH (const struct value, value, values)
        if (str_equal(value->name, name))
            found = value->text;
    return found;
}

static void append(struct arena *arena, struct vec *text, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        *VEC_PUSH(arena, text, char) = s.ptr[i];
}

/* What stands between the braces: a name, perhaps with |default. */
static struct str filled(struct str inner, const struct vec *values)
{
    struct str name = {0};
    str_next(&inner, '|', &name);
    struct str text = values_find(values, name);
    return text.len || !inner.ptr ? text : inner;
}

struct str values_expand(struct arena *arena, struct str template, const struct vec *values)
{
    struct vec text = {0};
    for (size_t at = 0; at < template.len;) {
        struct str rest = str_slice(template, at, template.len);
        ptrdiff_t end = rest.ptr[0] == '{' ? str_find(rest, STR("}")) : -1;
        if (end > 0) {
            append(arena, &text, filled(str_slice(rest, 1, (size_t)end - 1), values));
            at += (size_t)end + 1;
            continue;
        }
        append(arena, &text, str_slice(rest, 0, 1));
        at++;
    }
    return (struct str){text.items, text.count};
}
