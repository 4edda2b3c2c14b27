/* Insights for people: a section a question, the first rows of each, and in which videos to look. */
#include "emit/screen/insights.h"

#include "emit/log_view.h"
#include "emit/screen/ledger.h"
#include "emit/screen/put_text.h"

#include <string.h>

#define ROWS_SHOWN 10

static json_int_t whole(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

/* Names with commas, as many as fit. */
static void put_videos(FILE *out, const json_t *row)
{
    char line[1024] = "";
    size_t i, used = 0;
    json_t *name;
    json_array_foreach(json_object_get(row, "videos"), i, name) if (used < sizeof line - 1)
    {
        int added = snprintf(line + used, sizeof line - used, "%s%s", i ? ", " : "", json_string_value(name));
        used += added > 0 ? (size_t)added : 0;
    }
    fputs("      in ", out);
    put_cut(out, line, COLUMNS - 9, false);
    putc('\n', out);
}

static void put_text(FILE *out, const char *before, const char *text)
{
    fputs(before, out);
    put_cut(out, text, COLUMNS - (int)strlen(before), false);
    putc('\n', out);
}

static void put_error(FILE *out, const json_t *row)
{
    size_t videos = json_array_size(json_object_get(row, "videos"));
    fprintf(out, "  %4" JSON_INTEGER_FORMAT "x in %zu video%s  %s\n", whole(row, "occurrences"), videos,
            videos == 1 ? "" : "s", log_view_text(row, "category"));
    put_text(out, "      ", log_view_text(row, "message"));
    if (*log_view_text(row, "suggested_fix"))
        put_text(out, "      fix: ", log_view_text(row, "suggested_fix"));
    put_videos(out, row);
}

static void put_fix(FILE *out, const json_t *row)
{
    fputs("  ", out);
    put_cut(out, log_view_text(row, "method"), 24, true);
    fprintf(out, " worked %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " times, $%.4f,",
            whole(row, "worked"), whole(row, "tried"), number_at(row, "cost_usd"));
    put_duration(out, number_at(row, "seconds"));
    fputs("\n", out);
    put_text(out, "      against ", log_view_text(row, "message"));
    put_videos(out, row);
}

static void put_scene(FILE *out, const json_t *row)
{
    const char *scene = log_view_text(row, "scene");
    fputs("  ", out);
    put_cut(out, log_view_text(row, "video"), 22, true);
    putc(' ', out);
    put_cut(out, log_view_text(row, "stage"), 11, true);
    putc(' ', out);
    put_cut(out, *scene ? scene : "-", 18, true);
    fprintf(out, "%3" JSON_INTEGER_FORMAT "x", whole(row, "attempts"));
    put_duration(out, number_at(row, "seconds"));
    fprintf(out, " $%.4f%s\n", number_at(row, "cost_usd"), whole(row, "calls_without_cost") ? "*" : "");
    if (*log_view_text(row, "last_error"))
        put_text(out, "      ", log_view_text(row, "last_error"));
}

static void put_operation(FILE *out, const json_t *row)
{
    fputs("  ", out);
    put_cut(out, log_view_text(row, "name"), 20, true);
    putc(' ', out);
    put_cut(out, log_view_text(row, "stage"), 11, true);
    fprintf(out, "%5" JSON_INTEGER_FORMAT "x", whole(row, "count"));
    put_duration(out, number_at(row, "seconds"));
    put_duration(out, number_at(row, "max_seconds"));
    fputs(" in ", out);
    put_cut(out, log_view_text(row, "slowest_video"), 18, false);
    putc('\n', out);
}

static void put_repetition(FILE *out, const json_t *row)
{
    fputs("  ", out);
    put_cut(out, log_view_text(row, "why"), 26, true);
    putc(' ', out);
    put_cut(out, log_view_text(row, "model"), 22, true);
    fprintf(out, "%4" JSON_INTEGER_FORMAT "x, %" JSON_INTEGER_FORMAT " worked,", whole(row, "repetitions"),
            whole(row, "worked"));
    put_duration(out, number_at(row, "wait_seconds"));
    fputs("\n", out);
    put_videos(out, row);
}

static void put_sign(FILE *out, const json_t *row)
{
    char line[256];
    snprintf(line, sizeof line, "%s%s%s: %s", log_view_text(row, "sign"),
             *log_view_text(row, "stage") ? " in " : "", log_view_text(row, "stage"),
             log_view_text(row, "what"));
    put_text(out, "  ", line);
    fprintf(out, "      %.0f %% of %zu videos with it failed, %.0f %% of those without\n",
            number_at(row, "failure_rate") * 100, json_array_size(json_object_get(row, "videos")),
            number_at(row, "failure_rate_without") * 100);
    put_videos(out, row);
}

static void put_section(FILE *out, const char *title, const json_t *rows,
                        void (*show)(FILE *, const json_t *))
{
    size_t i, count = json_array_size(rows);
    json_t *row;
    fprintf(out, "\n%s\n", title);
    if (!count)
        fputs("  none\n", out);
    json_array_foreach(rows, i, row) if (i < ROWS_SHOWN) show(out, row);
    if (count > ROWS_SHOWN)
        fprintf(out, "  and %zu more; --json has all of them\n", count - ROWS_SHOWN);
}

static void put_vain_totals(FILE *out, const json_t *totals)
{
    fputs("  in all", out);
    put_duration(out, number_at(totals, "seconds"));
    fprintf(out, " and $%.4f: %.0f %% of the attempts' time, %.0f %% of their cost\n",
            number_at(totals, "cost_usd"), number_at(totals, "share_of_seconds") * 100,
            number_at(totals, "share_of_cost") * 100);
}

int insights_print(FILE *out, const json_t *insights)
{
    const json_t *vain = json_object_get(insights, "in_vain");
    fprintf(out, "%" JSON_INTEGER_FORMAT " videos\n", whole(insights, "videos"));
    put_section(out, "Errors that came back", json_object_get(insights, "recurring_errors"), put_error);
    put_section(out, "What was done about an error, and whether it worked",
                json_object_get(insights, "fixes"), put_fix);
    put_section(out, "In vain: scenes whose last attempt failed", json_object_get(vain, "scenes"), put_scene);
    if (json_array_size(json_object_get(vain, "scenes")))
        put_vain_totals(out, json_object_get(vain, "totals"));
    put_section(out, "Slowest operations: how often, in all, the longest",
                json_object_get(insights, "slowest_operations"), put_operation);
    put_section(out, "Calls that were repeated, and the time waited",
                json_object_get(insights, "repeated_calls"), put_repetition);
    put_section(out, "Early signs of failure", json_object_get(insights, "early_signs"), put_sign);
    return ferror(out) ? -1 : 0;
}
