/* Reads a name cell: "claude-opus-5, opus-4-8, 4-6", "… (since 2026-10-07; cache read 0.20 before)",
 * "…, prompt > 100 k (the whole request)". */
#include "price/row.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A whole number at the start of *rest, thousands kept apart by commas; -1: there is none. */
static int64_t take_number(struct str *rest)
{
    int64_t number = -1;
    size_t used = 0;
    for (; used < rest->len && used < 15; used++) {
        char c = rest->ptr[used];
        if (c == ',' && used + 3 < rest->len && is_digit(rest->ptr[used + 1]))
            continue;
        if (!is_digit(c))
            break;
        number = (number < 0 ? 0 : number) * 10 + (c - '0');
    }
    *rest = str_slice(*rest, used, rest->len);
    return number;
}

static bool skip(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_trim(str_slice(*rest, word.len, rest->len));
    return true;
}

/* "<= 100 k tokens", "> 100 k (the whole request)" */
static int read_sizes(const struct price_place *place, struct str rest, struct price *row, struct err *err)
{
    const char *at = rest.ptr;
    bool over = skip(&rest, STR(">"));
    if (!over && !skip(&rest, STR("\xe2\x89\xa4")) && !skip(&rest, STR("<=")))
        return price_wrong(place, at, "after \"prompt\" comes > or <= and a number of tokens", err);
    int64_t size = take_number(&rest);
    rest = str_trim(rest);
    if (size < 0)
        return price_wrong(place, at, "after \"prompt\" comes > or <= and a number of tokens", err);
    size *= str_starts(rest, STR("k")) ? 1000 : str_starts(rest, STR("M")) ? 1000000 : 1;
    *(over ? &row->over : &row->up_to) = size;
    return 0;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t day_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int read_date(const struct price_place *place, struct str text, int64_t *day, struct err *err)
{
    struct str rest = text;
    int64_t part[3] = {0};
    bool good = text.len == 10;
    for (int i = 0; i < 3 && good; i++) {
        part[i] = take_number(&rest);
        good = part[i] > 0 && (i == 2 || skip(&rest, STR("-")));
    }
    if (!good || rest.len || part[1] > 12 || part[2] > 31)
        return price_wrong(place, text.ptr, "after \"since\" comes a date such as 2026-10-07", err);
    *day = day_of(part[0], part[1], part[2]);
    return 0;
}

static const struct {
    const char *name;
    enum price_column column;
} columns[] = {{"input", PRICE_INPUT},
               {"output", PRICE_OUTPUT},
               {"cache write 5 m", PRICE_WRITE_5M},
               {"cache write 1 h", PRICE_WRITE_1H},
               {"cache read", PRICE_READ}};

/* "cache read 0.20 before" */
static int read_change(const struct price_place *place, struct str rest, struct price_name *out,
                       struct err *err)
{
    const char *at = rest.ptr;
    if (!str_ends(rest, STR(" before")))
        return price_wrong(place, at, "after the date comes a column, its earlier price and \"before\"", err);
    rest.len -= strlen(" before");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct str number = rest;
        if (!skip(&number, str_of(columns[i].name)))
            continue;
        out->changed = true;
        out->column = columns[i].column;
        return price_number(place, number, 1000000, &out->before, err);
    }
    return price_wrong(place, at,
                       "that is none of input, output, cache write 5 m, cache write 1 h, cache read", err);
}

static int read_note(const struct price_place *place, struct str note, struct price_name *out,
                     struct err *err)
{
    struct str part;
    const char *at = note.ptr;
    str_next(&note, ';', &part);
    part = str_trim(part);
    if (!skip(&part, STR("since ")))
        return price_wrong(place, at, "in brackets stands \"since\" and a date", err);
    int status = read_date(place, part, &out->row.since_day, err);
    if (!status && note.ptr && str_trim(note).len)
        status = read_change(place, str_trim(note), out, err);
    return status;
}

/* Up to where a model's version begins. */
static struct str family_of(struct str model)
{
    for (size_t i = 0; i + 1 < model.len; i++)
        if (model.ptr[i] == '-' && is_digit(model.ptr[i + 1]))
            return str_slice(model, 0, i);
    return model;
}

static void append_model(struct arena *arena, struct price_name *out, struct str model)
{
    *VEC_PUSH(arena, &out->models, struct str) = str_copy(arena, model);
}

/* A name in full, one without "claude-", or a version of the family before it. Versions up to 3 stood before
 * the family's name. */
static void add_model(struct arena *arena, struct price_name *out, struct str item)
{
    struct str first = out->models.count ? *VEC_AT(&out->models, struct str, 0) : STR("");
    struct str claude = STR("claude-");
    if (!out->models.count || str_starts(item, claude)) {
        append_model(arena, out, item);
    } else if (!is_digit(item.ptr[0])) {
        bool short_form = str_starts(first, claude);
        append_model(arena, out, str_format(arena, "%s" STR_FMT, short_form ? "claude-" : "", STR_ARG(item)));
    } else {
        struct str family = family_of(*VEC_LAST(&out->models, struct str));
        if (item.ptr[0] <= '3' && str_starts(family, claude))
            append_model(arena, out,
                         str_format(arena, "claude-" STR_FMT "-" STR_FMT, STR_ARG(item),
                                    STR_ARG(str_slice(family, claude.len, family.len))));
        else
            append_model(arena, out, str_format(arena, STR_FMT "-" STR_FMT, STR_ARG(family), STR_ARG(item)));
    }
}

static int read_models(struct arena *arena, const struct price_place *place, struct str names,
                       struct price_name *out, struct err *err)
{
    struct str group, item;
    while (str_next(&names, ';', &group))
        while (str_next(&group, ',', &item)) {
            item = str_trim(item);
            if (!item.len || str_find(item, STR(" ")) >= 0)
                return price_wrong(place, item.ptr ? item.ptr : place->begin,
                                   "a model's name has no spaces and is not empty", err);
            add_model(arena, out, item);
        }
    return 0;
}

int price_name_read(struct arena *arena, const struct price_place *place, struct str cell,
                    struct price_name *out, struct err *err)
{
    *out = (struct price_name){.row = {.since_day = PRICE_ALWAYS, .over = -1, .up_to = INT64_MAX}};
    struct str names = cell;
    int status = 0;
    ptrdiff_t sizes = str_find(names, STR(", prompt "));
    if (sizes >= 0) {
        size_t begin = (size_t)sizes + strlen(", prompt ");
        status = read_sizes(place, str_trim(str_slice(names, begin, names.len)), &out->row, err);
        names = str_slice(names, 0, (size_t)sizes);
    }
    ptrdiff_t open = str_find(names, STR("("));
    if (!status && open >= 0) {
        ptrdiff_t close = str_find(names, STR(")"));
        if (close < open)
            return price_wrong(place, names.ptr + open, "this bracket is not closed", err);
        status = read_note(place, str_slice(names, (size_t)open + 1, (size_t)(close - open) - 1), out, err);
        names = str_trim(str_slice(names, 0, (size_t)open));
    }
    return status ? status : read_models(arena, place, names, out, err);
}
