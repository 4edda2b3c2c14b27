/* Figures as the node exporter's textfile collector reads them: gauges, one family after the other. */
#include "emit/cost_sums.h"
#include "emit/export/formats.h"
#include "emit/text.h"

#include <stdarg.h>
#include <string.h>

/* A label's value: text with \, " and line ends escaped. */
static void put_label(FILE *out, const char *name, struct str value, bool first)
{
    json_t *valid = text_json(value);
    const char *text = json_string_value(valid);
    fprintf(out, "%s%s=\"", first ? "{" : ",", name);
    for (size_t i = 0, n = json_string_length(valid); i < n; i++)
        if (text[i] == '\\' || text[i] == '"')
            fprintf(out, "\\%c", text[i]);
        else if (text[i] == '\n')
            fputs("\\n", out);
        else if (text[i])
            putc(text[i], out);
    putc('"', out);
    json_decref(valid);
}

/* labels: names by spaces; a struct str for each. */
static void put_metric(FILE *out, const char *metric, double value, const char *labels, ...)
{
    va_list values;
    struct str rest = str_of(labels), name;
    bool first = true;
    va_start(values, labels);
    fprintf(out, "vlshim_%s", metric);
    for (; rest.len && str_next(&rest, ' ', &name); first = false) {
        char text[64];
        snprintf(text, sizeof text, STR_FMT, STR_ARG(name));
        put_label(out, text, va_arg(values, struct str), first);
    }
    va_end(values);
    char number[ISO_BYTES];
    text_real(value, number);
    size_t length = strlen(number);
    if (length > 2 && strcmp(number + length - 2, ".0") == 0)
        number[length - 2] = '\0';
    fprintf(out, "%s %s\n", first ? "" : "}", number);
}

typedef void family_writer(FILE *out, const char *name, const struct conclusion *run);

#define FAMILY(function) static void function(FILE *out, const char *name, const struct conclusion *run)
#define EACH_LOG         VEC_EACH (const struct log, log, &run->logs)
#define VIDEO            log->story->video->name

FAMILY(put_events) { put_metric(out, name, (double)run->tree.facts->event_count, ""); }

FAMILY(put_processes) { put_metric(out, name, (double)run->tree.nodes.count, ""); }

FAMILY(put_damage) { put_metric(out, name, (double)run->tree.facts->damages.count, ""); }

FAMILY(put_dropped)
{
    double sum = 0;
    for (size_t i = 0; i < sizeof run->tree.facts->dropped / sizeof *run->tree.facts->dropped; i++)
        sum += (double)run->tree.facts->dropped[i];
    put_metric(out, name, sum, "");
}

FAMILY(put_first)
{
    EACH_LOG
    put_metric(out, name, (double)log->story->first_ns / 1e9, "video", VIDEO);
}

FAMILY(put_last)
{
    EACH_LOG
    put_metric(out, name, (double)log->story->last_ns / 1e9, "video", VIDEO);
}

/* One series is 1 and says the status. */
FAMILY(put_status)
{
    EACH_LOG
    put_metric(out, name, 1, "video status", VIDEO, str_of(story_status(log->story)));
}

FAMILY(put_stage_success)
{
    EACH_LOG
    VEC_EACH (const struct stage, stage, &log->story->stages)
        put_metric(out, name, stage->outcome == OUTCOME_SUCCESS || stage->outcome == OUTCOME_SKIPPED,
                   "video stage", VIDEO, stage->name);
}

FAMILY(put_stage_duration)
{
    EACH_LOG
    VEC_EACH (const struct stage, stage, &log->story->stages)
        if (stage->usage.duration_ns >= 0)
            put_metric(out, name, (double)stage->usage.duration_ns / 1e9, "video stage", VIDEO, stage->name);
}

FAMILY(put_stage_memory)
{
    EACH_LOG
    VEC_EACH (const struct stage, stage, &log->story->stages)
        if (stage->usage.memory_peak_kb >= 0)
            put_metric(out, name, (double)stage->usage.memory_peak_kb * 1024, "video stage", VIDEO,
                       stage->name);
}

FAMILY(put_stage_cpu)
{
    EACH_LOG
    VEC_EACH (const struct stage, stage, &log->story->stages)
        if (stage->usage.cpu_us >= 0)
            put_metric(out, name, (double)stage->usage.cpu_us / 1e6, "video stage", VIDEO, stage->name);
}

FAMILY(put_attempts)
{
    EACH_LOG
    VEC_EACH (const struct stage, stage, &log->story->stages)
        for (int outcome = OUTCOME_SUCCESS; outcome <= OUTCOME_RUNNING; outcome++) {
            double count = 0;
            VEC_EACH (const struct attempt, attempt, &log->story->attempts)
                count += str_equal(attempt->stage, stage->name) && (int)attempt->outcome == outcome;
            put_metric(out, name, count, "video stage status", VIDEO, stage->name,
                       str_of(outcome_word((enum outcome)outcome)));
        }
}

FAMILY(put_errors)
{
    EACH_LOG
    VEC_EACH (const struct group, group, log->groups)
        put_metric(out, name, (double)group->count, "video error category", VIDEO, group->key,
                   group->category);
}

FAMILY(put_calls)
{
    EACH_LOG
    put_metric(out, name, (double)cost_sum_of_story(log).calls, "video", VIDEO);
}

FAMILY(put_failed_calls)
{
    EACH_LOG
    {
        double count = 0;
        VEC_EACH (const struct call, call, &log->story->calls)
            count += call->success == 0;
        put_metric(out, name, count, "video", VIDEO);
    }
}

FAMILY(put_tokens)
{
    EACH_LOG
    {
        struct tokens tokens = cost_sum_of_story(log).tokens;
        put_metric(out, name, (double)tokens.input, "video type", VIDEO, STR("input"));
        put_metric(out, name, (double)tokens.output, "video type", VIDEO, STR("output"));
        put_metric(out, name, (double)tokens_cache_creation(&tokens), "video type", VIDEO,
                   STR("cache_creation"));
        put_metric(out, name, (double)tokens.cache_read, "video type", VIDEO, STR("cache_read"));
    }
}

FAMILY(put_cost)
{
    EACH_LOG
    put_metric(out, name, (double)cost_sum_of_story(log).cost / 1e12, "video", VIDEO);
}

FAMILY(put_without_cost)
{
    EACH_LOG
    put_metric(out, name, (double)cost_sum_of_story(log).without_cost, "video", VIDEO);
}

FAMILY(put_temp)
{
    EACH_LOG
    put_metric(out, name, (double)log->story->usage.temp_left.count, "video", VIDEO);
}

static const struct {
    const char *name, *help;
    family_writer *write;
} families[] = {
    {"recorded_events", "Events in the recording.", put_events},
    {"recorded_processes", "Processes known in the recording.", put_processes},
    {"dropped_events", "Events that could not be kept.", put_dropped},
    {"damaged_places", "Places of the recording that could not be read.", put_damage},
    {"first_event_timestamp_seconds", "When the first thing of the video was recorded.", put_first},
    {"last_event_timestamp_seconds", "When the last thing of the video was recorded.", put_last},
    {"video_status", "How the video fared: the series that is there says it.", put_status},
    {"stage_success", "1 for a stage that completed or was skipped.", put_stage_success},
    {"stage_duration_seconds", "Time that a stage was in work.", put_stage_duration},
    {"stage_memory_peak_bytes", "Largest memory of a process of the stage.", put_stage_memory},
    {"stage_cpu_seconds", "Processor time of the stage's processes.", put_stage_cpu},
    {"attempts", "Tries of a stage by how they ended.", put_attempts},
    {"error_occurrences", "How often an error occurred.", put_errors},
    {"claude_calls", "Calls of the Claude API.", put_calls},
    {"claude_failed_calls", "Calls of the Claude API that failed.", put_failed_calls},
    {"claude_tokens", "Tokens of the calls; input without the cache.", put_tokens},
    {"claude_cost_usd", "Sum of the known costs.", put_cost},
    {"claude_calls_without_cost", "Calls whose cost is not known.", put_without_cost},
    {"temporary_files_left", "Temporary files that were not removed.", put_temp},
};

int prometheus_write(FILE *out, const struct conclusion *run, const struct export_options *options)
{
    (void)options;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        fprintf(out, "# HELP vlshim_%s %s\n# TYPE vlshim_%s gauge\n", families[i].name, families[i].help,
                families[i].name);
        families[i].write(out, families[i].name, run);
    }
    return ferror(out) ? -1 : 0;
}
