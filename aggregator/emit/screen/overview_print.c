/* The overview for people: 80 columns, one line a video, the sums, then the errors with their fixes. */
#include "emit/screen/overview.h"

#include "emit/log_view.h"
#include "emit/screen/put_text.h"

#include <inttypes.h>
#include <string.h>

#define ERRORS_SHOWN 10

#define NAME_WIDTH   21
#define STATUS_WIDTH 11

struct table {
    FILE *out;
    bool colours;
};

static const char *paint(const struct table *t, const char *sequence) { return t->colours ? sequence : ""; }

static const char *colour_of(const char *status)
{
    return strcmp(status, "completed") == 0                                       ? GREEN
           : strcmp(status, "failed") == 0 || strcmp(status, "timeout") == 0      ? RED
           : strcmp(status, "running") == 0 || strcmp(status, "interrupted") == 0 ? YELLOW
                                                                                  : FAINT;
}

/* A question mark stands for what is not known: alone where no call's cost is, after the sum where some
 * calls' is not. */
static void put_cost(FILE *out, const json_t *row)
{
    char cost[40];
    json_int_t unknown = log_view_whole(row, "calls_without_cost"),
               calls = log_view_whole(row, "total_claude_calls");
    double dollars = json_number_value(json_object_get(row, "estimated_total_cost"));
    snprintf(cost, sizeof cost, "$%.*f%s", dollars < 10 ? 4 : 2, dollars, unknown ? "+?" : "");
    fprintf(out, " %9s", unknown && unknown >= calls ? "?" : cost);
}

static void put_usage(const struct table *t, const json_t *row)
{
    char stages[48], errors[24];
    json_int_t count = log_view_whole(row, "error_occurrences");
    snprintf(stages, sizeof stages, "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
             log_view_whole(row, "successful_stages"), log_view_whole(row, "total_stages"));
    snprintf(errors, sizeof errors, "%" JSON_INTEGER_FORMAT, count);
    fprintf(t->out, "%7s%9" JSON_INTEGER_FORMAT "%s%7s%s%6" JSON_INTEGER_FORMAT, stages,
            log_view_whole(row, "total_attempts"), count ? paint(t, RED) : "", errors,
            count ? paint(t, PLAIN) : "", log_view_whole(row, "total_claude_calls"));
    put_cost(t->out, row);
    put_duration(t->out, json_number_value(json_object_get(row, "processing_duration")));
    putc('\n', t->out);
}

static void put_video(const struct table *t, const json_t *row)
{
    const char *status = log_view_text(row, "status");
    put_cut(t->out, log_view_text(row, "video_id"), NAME_WIDTH, true);
    fprintf(t->out, " %s", paint(t, colour_of(status)));
    put_cut(t->out, status, STATUS_WIDTH, true);
    fputs(paint(t, PLAIN), t->out);
    put_usage(t, row);
}

static void put_rule(const struct table *t)
{
    fputs(paint(t, FAINT), t->out);
    for (int i = 0; i < COLUMNS; i++)
        fputs("─", t->out);
    fprintf(t->out, "%s\n", paint(t, PLAIN));
}

static void put_totals(const struct table *t, const json_t *totals)
{
    char name[48];
    const char *status, *between = "";
    json_t *count;
    json_int_t videos = log_view_whole(totals, "videos");
    snprintf(name, sizeof name, "%" JSON_INTEGER_FORMAT " video%s", videos, videos == 1 ? "" : "s");
    fprintf(t->out, "%s%-*s%s ", paint(t, BOLD), NAME_WIDTH, name, paint(t, PLAIN));
    fprintf(t->out, "%-*s", STATUS_WIDTH, "");
    put_usage(t, totals);
    json_object_foreach(json_object_get(totals, "statuses"), status, count)
    {
        fprintf(t->out, "%s%s%" JSON_INTEGER_FORMAT " %s%s", between, paint(t, colour_of(status)),
                json_integer_value(count), status, paint(t, PLAIN));
        between = ", ";
    }
    if (log_view_whole(totals, "calls_without_cost"))
        fprintf(t->out, "%s?: the cost of %" JSON_INTEGER_FORMAT " calls is not known", *between ? "; " : "",
                log_view_whole(totals, "calls_without_cost"));
    putc('\n', t->out);
}

/* "rendering, cleaning", or "4 videos" where there are more than two. */
static void put_names(char *out, size_t bytes, const json_t *list, const char *many)
{
    size_t count = json_array_size(list);
    const char *first = json_string_value(json_array_get(list, 0)),
               *second = json_string_value(json_array_get(list, 1));
    if (count > 2)
        snprintf(out, bytes, "%zu %s", count, many);
    else
        snprintf(out, bytes, "%s%s%s", first ? first : "", second ? ", " : "", second ? second : "");
}

static void put_line(FILE *out, const char *label, const char *words, const char *colour, const char *plain)
{
    fprintf(out, "%s%8s", colour, "");
    fputs(label, out);
    put_cut(out, words, COLUMNS - 8 - (int)strlen(label), false);
    fprintf(out, "%s\n", plain);
}

static void put_error(FILE *out, const json_t *error, bool colours)
{
    const char *red = colours ? RED : "", *faint = colours ? FAINT : "", *plain = colours ? PLAIN : "";
    char stages[128], videos[128], where[384];
    put_names(stages, sizeof stages, json_object_get(error, "stages"), "stages");
    put_names(videos, sizeof videos, json_object_get(error, "videos"), "videos");
    snprintf(where, sizeof where, "%s in %s%s%s", log_view_text(error, "category"), stages,
             *stages && *videos ? " of " : "", videos);
    fprintf(out, "%6" JSON_INTEGER_FORMAT "x %s", log_view_whole(error, "occurrence_count"), red);
    put_cut(out, log_view_text(error, "message"), COLUMNS - 8, false);
    fprintf(out, "%s\n", plain);
    put_line(out, "", where, faint, plain);
    if (*log_view_text(error, "suggested_fix"))
        put_line(out, "fix: ", log_view_text(error, "suggested_fix"), "", "");
}

static void put_errors(FILE *out, const json_t *errors, bool colours)
{
    size_t i, count = json_array_size(errors);
    json_t *error;
    if (count)
        putc('\n', out);
    json_array_foreach(errors, i, error) if (i < ERRORS_SHOWN) put_error(out, error, colours);
    if (count > ERRORS_SHOWN)
        fprintf(out, "        and %zu more; vlagg report shows all\n", count - ERRORS_SHOWN);
}

int overview_print(FILE *out, const json_t *overview, bool colours)
{
    struct table table = {out, colours};
    size_t i;
    json_t *row;
    fprintf(out, "%s%-*s %-*s%7s%9s%7s%6s%10s%8s%s\n", paint(&table, BOLD), NAME_WIDTH, "video", STATUS_WIDTH,
            "status", "stages", "attempts", "errors", "calls", "cost", "time", paint(&table, PLAIN));
    put_rule(&table);
    json_array_foreach(json_object_get(overview, "videos"), i, row) put_video(&table, row);
    put_rule(&table);
    put_totals(&table, json_object_get(overview, "totals"));
    put_errors(out, json_object_get(overview, "errors"), colours);
    return ferror(out) ? -1 : 0;
}
