/* The overview for people: 80 columns, one line a video, its errors below it. */
#include "emit/overview.h"

#include <inttypes.h>
#include <string.h>

#define COLUMNS    80
#define NAME_WIDTH 24
#define RED        "\033[31m"
#define GREEN      "\033[32m"
#define YELLOW     "\033[33m"
#define FAINT      "\033[2m"
#define BOLD       "\033[1m"
#define PLAIN      "\033[0m"

struct table {
    FILE *out;
    bool colours;
};

static const char *paint(const struct table *t, const char *sequence) { return t->colours ? sequence : ""; }

static json_int_t whole(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static const char *text(const json_t *row, const char *key)
{
    const char *value = json_string_value(json_object_get(row, key));
    return value ? value : "";
}

static bool goes_on(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

/* At most `width` characters of the first line, padded with spaces if asked; control characters would spoil
 * it.
 */
static void put_cut(FILE *out, const char *words, int width, bool pad)
{
    int count = 0, used = 0;
    const char *line_end = words + strcspn(words, "\r\n");
    for (const char *c = words; c < line_end; c++)
        count += !goes_on(*c);
    bool cut = count > width;
    for (const char *c = words; c < line_end; c++) {
        used += !goes_on(*c);
        if (used > width - cut)
            break;
        putc((unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c, out);
    }
    if (cut)
        fputs("…", out);
    for (int left = width - count; pad && left > 0; left--)
        putc(' ', out);
}

static const char *colour_of(const char *status)
{
    return strcmp(status, "completed") == 0                                       ? GREEN
           : strcmp(status, "failed") == 0 || strcmp(status, "timeout") == 0      ? RED
           : strcmp(status, "running") == 0 || strcmp(status, "interrupted") == 0 ? YELLOW
                                                                                  : FAINT;
}

static void put_duration(FILE *out, double seconds)
{
    long whole_seconds = (long)seconds;
    if (seconds < 60)
        fprintf(out, "%7.1fs", seconds);
    else if (whole_seconds < 3600)
        fprintf(out, "%4ldm%02lds", whole_seconds / 60, whole_seconds % 60);
    else
        fprintf(out, "%4ldh%02ldm", whole_seconds / 3600, whole_seconds % 3600 / 60);
}

/* An asterisk: the cost of some calls is not known. */
static void put_figures(FILE *out, const json_t *row)
{
    char stages[24], cost[32];
    snprintf(stages, sizeof stages, "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
             whole(row, "successful_stages"), whole(row, "total_stages"));
    snprintf(cost, sizeof cost, "$%.4f%s", json_number_value(json_object_get(row, "estimated_total_cost")),
             whole(row, "calls_without_cost") ? "*" : " ");
    fprintf(out, "%6s %5" JSON_INTEGER_FORMAT " %4" JSON_INTEGER_FORMAT " %5" JSON_INTEGER_FORMAT " %10s",
            stages, whole(row, "total_attempts"), whole(row, "error_occurrences"),
            whole(row, "total_claude_calls"), cost);
    put_duration(out, json_number_value(json_object_get(row, "processing_duration")));
    putc('\n', out);
}

static void put_errors(const struct table *t, const json_t *row)
{
    size_t i;
    json_t *error;
    json_array_foreach(json_object_get(row, "errors"), i, error)
    {
        int used = fprintf(t->out, "  %s%s%s", paint(t, RED), text(error, "key"), paint(t, PLAIN)) -
                   (t->colours ? (int)sizeof RED + (int)sizeof PLAIN - 2 : 0);
        json_int_t count = whole(error, "occurrence_count");
        if (count > 1)
            used += fprintf(t->out, " x%" JSON_INTEGER_FORMAT, count);
        fputs(": ", t->out);
        put_cut(t->out, text(error, "message"), used < COLUMNS - 22 ? COLUMNS - 2 - used : 20, false);
        putc('\n', t->out);
        const char *fix = text(error, "suggested_fix");
        if (*fix) {
            fprintf(t->out, "    %sfix: ", paint(t, FAINT));
            put_cut(t->out, fix, COLUMNS - 9, false);
            fprintf(t->out, "%s\n", paint(t, PLAIN));
        }
    }
}

static void put_video(const struct table *t, const json_t *row)
{
    const char *status = text(row, "status");
    put_cut(t->out, text(row, "video_id"), NAME_WIDTH, true);
    fprintf(t->out, " %s", paint(t, colour_of(status)));
    put_cut(t->out, status, 11, true);
    fputs(paint(t, PLAIN), t->out);
    put_figures(t->out, row);
    put_errors(t, row);
}

int overview_print(FILE *out, const json_t *overview, bool colours)
{
    struct table table = {out, colours};
    const json_t *totals = json_object_get(overview, "totals");
    size_t i;
    json_t *row;
    fprintf(out, "%s%-*s %-11s%6s %5s %4s %5s %10s%8s%s\n", paint(&table, BOLD), NAME_WIDTH, "video",
            "status", "stages", "tries", "errs", "calls", "cost ", "time", paint(&table, PLAIN));
    json_array_foreach(json_object_get(overview, "videos"), i, row) put_video(&table, row);
    fprintf(out, "%s%-*" JSON_INTEGER_FORMAT "%s %-11s", paint(&table, BOLD), NAME_WIDTH,
            whole(totals, "videos"), paint(&table, PLAIN), "in all");
    put_figures(out, totals);
    if (whole(totals, "calls_without_cost"))
        fprintf(out, "* the cost of %" JSON_INTEGER_FORMAT " calls is not known and not in the sum\n",
                whole(totals, "calls_without_cost"));
    return ferror(out) ? -1 : 0;
}
