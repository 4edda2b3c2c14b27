/* Figures of a video: what its calls used and took as the conventions name it, its stages, memory over time.
 */
#include "emit/cost_sums.h"
#include "emit/export/otlp.h"
#include "emit/json.h"
#include "model/series.h"

#define SERIES_POINTS 200
#define BOUNDS_MAX    14
#define CUMULATIVE    2

/* The buckets that the conventions advise. */
static const double token_bounds[BOUNDS_MAX] = {1,     4,     16,     64,      256,     1024,     4096,
                                                16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
static const double second_bounds[BOUNDS_MAX] = {0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                                 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};

static json_t *metric(json_t *list, const char *name, const char *says, const char *unit, const char *shape,
                      json_t *points)
{
    json_t *one = json_object(), *body = json_object();
    otlp_set(one, "name", json_string(name));
    otlp_set(one, "description", json_string(says));
    otlp_set(one, "unit", json_string(unit));
    otlp_set(body, "dataPoints", points);
    otlp_set(one, shape, body);
    json_array_append_new(list, one);
    return body;
}

static json_t *point(const struct log *log, json_t *points, json_t *attributes)
{
    json_t *one = json_object();
    otlp_set(one, "attributes", attributes);
    otlp_set(one, "startTimeUnixNano", otlp_int(log->story->first_ns));
    otlp_set(one, "timeUnixNano", otlp_int(log->story->last_ns));
    json_array_append_new(points, one);
    return one;
}

/* One series of a histogram: calls of the same models, kind of token, error. */
struct series {
    struct str asked, used, kind, error;
    uint64_t count, buckets[BOUNDS_MAX + 1];
    double sum, min, max;
};

static struct series *series_for(struct arena *arena, struct vec *all, const struct call *call,
                                 struct str kind, struct str error)
{
    VEC_EACH (struct series, one, all)
        if (str_equal(one->asked, call->model) && str_equal(one->used, call->model_used) &&
            str_equal(one->kind, kind) && str_equal(one->error, error))
            return one;
    struct series *one = VEC_PUSH(arena, all, struct series);
    *one = (struct series){.asked = call->model, .used = call->model_used, .kind = kind, .error = error};
    return one;
}

static void count(struct series *one, double value, const double *bounds)
{
    size_t at = 0;
    while (at < BOUNDS_MAX && value > bounds[at])
        at++;
    one->buckets[at]++;
    one->min = one->count && one->min < value ? one->min : value;
    one->max = one->count && one->max > value ? one->max : value;
    one->sum += value;
    one->count++;
}

static json_t *histogram_point(const struct log *log, json_t *points, const struct series *one,
                               const double *bounds)
{
    json_t *attributes = json_array(), *counts = json_array(), *edges = json_array();
    otlp_text(attributes, "gen_ai.operation.name", STR("chat"));
    otlp_text(attributes, "gen_ai.provider.name", STR("anthropic"));
    otlp_text(attributes, "gen_ai.request.model", one->asked);
    otlp_text(attributes, "gen_ai.response.model", one->used);
    otlp_text(attributes, "gen_ai.token.type", one->kind);
    otlp_text(attributes, "error.type", one->error);
    json_t *object = point(log, points, attributes);
    for (size_t i = 0; i <= BOUNDS_MAX; i++)
        json_array_append_new(counts, otlp_int((int64_t)one->buckets[i]));
    for (size_t i = 0; i < BOUNDS_MAX; i++)
        json_array_append_new(edges, json_real(bounds[i]));
    otlp_set(object, "count", otlp_int((int64_t)one->count));
    otlp_set(object, "sum", json_real(one->sum));
    otlp_set(object, "bucketCounts", counts);
    otlp_set(object, "explicitBounds", edges);
    otlp_set(object, "min", json_real(one->min));
    otlp_set(object, "max", json_real(one->max));
    return object;
}

static void add_histogram(const struct log *log, json_t *list, const struct vec *all, const double *bounds,
                          const char *name, const char *says, const char *unit)
{
    json_t *points = json_array();
    VEC_EACH (const struct series, one, all)
        histogram_point(log, points, one, bounds);
    if (!all->count) {
        json_decref(points);
        return;
    }
    json_t *body = metric(list, name, says, unit, "histogram", points);
    otlp_set(body, "aggregationTemporality", json_integer(CUMULATIVE));
}

static void add_calls(const struct conclusion *run, const struct log *log, json_t *list)
{
    struct vec tokens = {0}, seconds = {0};
    VEC_EACH (const struct call, call, &log->story->calls) {
        const struct tokens *used = &call->tokens;
        int64_t creation = tokens_cache_creation(used);
        if (used->input >= 0)
            count(series_for(run->arena, &tokens, call, STR("input"), STR("")),
                  (double)(used->input + (creation > 0 ? creation : 0) +
                           (used->cache_read > 0 ? used->cache_read : 0)),
                  token_bounds);
        if (used->output >= 0)
            count(series_for(run->arena, &tokens, call, STR("output"), STR("")), (double)used->output,
                  token_bounds);
        if (call->response_ns >= 0)
            count(series_for(run->arena, &seconds, call, STR(""), call->error_type),
                  (double)call->response_ns / 1e9, second_bounds);
    }
    add_histogram(log, list, &tokens, token_bounds, "gen_ai.client.token.usage", "Tokens used by calls.",
                  "{token}");
    add_histogram(log, list, &seconds, second_bounds, "gen_ai.client.operation.duration",
                  "Time that calls took.", "s");
}

static void add_cost(const struct log *log, json_t *list)
{
    json_t *points = json_array(), *one = point(log, points, json_array());
    otlp_set(one, "asDouble", json_real((double)cost_sum_of_story(log).cost / 1e12));
    json_t *body = metric(list, "vlshim.cost", "Sum of the known costs of calls.", "{USD}", "sum", points);
    otlp_set(body, "aggregationTemporality", json_integer(CUMULATIVE));
    otlp_set(body, "isMonotonic", json_true());
}

static void add_errors(const struct log *log, json_t *list)
{
    json_t *points = json_array();
    VEC_EACH (const struct group, group, log->groups) {
        json_t *attributes = json_array();
        otlp_text(attributes, "error.type", group->category);
        otlp_text(attributes, "vlshim.error", group->key);
        otlp_set(point(log, points, attributes), "asInt", otlp_int((int64_t)group->count));
    }
    if (!log->groups->count) {
        json_decref(points);
        return;
    }
    json_t *body = metric(list, "vlshim.errors", "How often an error occurred.", "{error}", "sum", points);
    otlp_set(body, "aggregationTemporality", json_integer(CUMULATIVE));
    otlp_set(body, "isMonotonic", json_true());
}

static void add_stages(const struct log *log, json_t *list)
{
    json_t *points = json_array();
    VEC_EACH (const struct stage, stage, &log->story->stages) {
        json_t *attributes = json_array();
        otlp_text(attributes, "vlshim.stage", stage->name);
        otlp_text(attributes, "vlshim.status", str_of(stage_word(stage->outcome)));
        otlp_set(point(log, points, attributes), "asDouble",
                 json_real(stage->usage.duration_ns > 0 ? (double)stage->usage.duration_ns / 1e9 : 0));
    }
    metric(list, "vlshim.stage.duration", "Time that a stage was in work.", "s", "gauge", points);
}

static json_t *gauge_point(json_t *points, int64_t at_ns)
{
    json_t *one = json_object();
    otlp_set(one, "timeUnixNano", otlp_int(at_ns));
    json_array_append_new(points, one);
    return one;
}

static void add_series(const struct conclusion *run, json_t *list, uint32_t video)
{
    json_t *memory = json_array(), *cpu = json_array();
    struct vec series = series_of_video(run->arena, &run->tree, video, SERIES_POINTS);
    VEC_EACH (const struct point, at, &series) {
        otlp_set(gauge_point(memory, at->at_ns), "asInt", otlp_int(at->memory_kb * 1024));
        otlp_set(gauge_point(cpu, at->at_ns), "asDouble", json_real((double)at->cpu_permille / 1000));
    }
    metric(list, "vlshim.memory.usage", "Resident memory of the video's processes.", "By", "gauge", memory);
    metric(list, "vlshim.cpu.utilization", "Processors that the video's processes kept busy.", "1", "gauge",
           cpu);
}

json_t *otlp_metrics(const struct conclusion *run, const struct log *log, uint32_t video)
{
    json_t *list = json_array();
    add_calls(run, log, list);
    add_cost(log, list);
    add_errors(log, list);
    add_stages(log, list);
    add_series(run, list, video);
    return list;
}
