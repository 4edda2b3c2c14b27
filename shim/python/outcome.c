/* See python/outcome.h. */
#include "python/outcome.h"

#include "python/errors.h"
#include "python/values.h"
#include "scratch.h"
#include "shim.h"

COLD void outcome_returned(struct span_mark mark, const struct watched *w, PyObject *result)
{
    SCRATCH(struct py_json, json);
    if (!json) {
        span_end(mark, VL_SPAN_RETURN, "{}", 2);
        return;
    }
    py_json_begin(json);
    for (uint32_t i = 0; result && i < w->rule->result.count; i++) {
        PyObject *value = py_follow(result, w->rule->result.at[i].path);
        if (value)
            py_json_put(json, w->rule->result.at[i].name, value);
        py_drop(value);
    }
    py_json_end(json);
    span_end(mark, VL_SPAN_RETURN, json->text, json->bytes);
}

COLD void outcome_raised(struct span_mark mark)
{
    struct py_error e = py_error_take();
    errors_tell(VL_RAISE_LEFT, mark.span, e.type, e.value, e.traceback);
    span_end(mark, VL_SPAN_RAISE, "{}", 2);
    py_error_give(e);
}
