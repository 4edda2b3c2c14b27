/* What an interpreter told: spans and exceptions. */
#include "reduce/state.h"

static void define(struct reducer *r, const struct event_span_define *e)
{
    *VEC_PUSH(r->arena, &r->functions, struct span_name) = (struct span_name){e->name, e->function};
}

/* The last definition counts; "": the chunk has none, as after damage. */
static struct str function_of(const struct reducer *r, uint64_t name)
{
    struct str function = STR("");
    VEC_EACH (const struct span_name, one, &r->functions)
        if (one->name == name)
            function = one->function;
    return function;
}

/* "NameError: name 'x' is not defined", as a traceback ends. */
static struct str raised(struct reducer *r, const struct event_exception_raise *e)
{
    bool sealed = e->how & VL_RAISE_SEALED;
    if (sealed && e->message.len) {
        char *line = arena_alloc(r->facts->arena, e->type.len + 1 + e->message.len);
        memcpy(line, e->type.ptr, e->type.len);
        line[e->type.len] = '\0';
        memcpy(line + e->type.len + 1, e->message.ptr, e->message.len);
        return (struct str){line, e->type.len + 1 + e->message.len};
    }
    if (!e->message.len)
        return e->type;
    return str_format(r->facts->arena, STR_FMT ": " STR_FMT, STR_ARG(e->type), STR_ARG(e->message));
}

static void keep_begin(struct reducer *r, const struct record *record)
{
    const struct event_span_begin *e = &record->span_begin;
    KEEP(r, record, FACT_SPAN_BEGIN, span_begin, .function = function_of(r, e->name),
         .arguments = e->arguments, .span = e->span, .parent = e->parent, .task = e->task);
}

static void keep_exception(struct reducer *r, const struct record *record)
{
    const struct event_exception_raise *e = &record->exception_raise;
    KEEP(r, record, FACT_RAISE, exception, .text = e->text, .line = raised(r, e), .how = e->how,
         .span = e->span, .count = e->count);
}

void reduce_span(struct reducer *r, const struct record *record)
{
    if (record->code == VL_span_define)
        define(r, &record->span_define);
    else if (record->code == VL_span_begin)
        keep_begin(r, record);
    else
        keep_exception(r, record);
}
