/* The screen: two lines for the whole, a line a video, its last error below while there is room. */
#include "emit/screen/live.h"

#include "emit/screen/put_text.h"

#include <string.h>

#define NAME_MIN 12

struct screen {
    FILE *out;
    int columns, lines_left;
    bool colours;
};

static const char *paint(const struct screen *s, const char *sequence) { return s->colours ? sequence : ""; }

/* The rest of the line is blanked; on the last one the cursor stays. */
static void end_line(struct screen *s)
{
    s->lines_left--;
    fputs(s->lines_left > 0 ? "\033[K\r\n" : "\033[K", s->out);
}

static void put_line(struct screen *s, const char *colour, const char *text)
{
    fputs(paint(s, colour), s->out);
    put_cut(s->out, text, s->columns, false);
    fputs(paint(s, PLAIN), s->out);
    end_line(s);
}

static void put_head(struct screen *s, const struct conclusion *run, struct str spool)
{
    const struct facts *facts = run->tree.facts;
    char line[512];
    uint64_t dropped = 0;
    size_t living = 0;
    for (size_t i = 0; i < sizeof facts->dropped / sizeof *facts->dropped; i++)
        dropped += facts->dropped[i];
    VEC_EACH (const struct node, node, &run->tree.nodes)
        living += node->alive;
    snprintf(line, sizeof line, STR_FMT "   %llu events, %zu processes, %zu living, %llu dropped",
             STR_ARG(spool), (unsigned long long)facts->event_count, run->tree.nodes.count, living,
             (unsigned long long)dropped);
    put_line(s, BOLD, line);
}

static void put_sums(struct screen *s, const struct conclusion *run, const struct vec *videos)
{
    char line[512];
    struct cost_sum all = {0};
    size_t working = 0, rate_limit_periods = 0;
    int64_t lost = 0;
    uint32_t workers = 0;
    VEC_EACH (const struct live_video, video, videos) {
        working += strcmp(video->status, "running") == 0;
        all.calls += video->cost_sum.calls;
        all.without_cost += video->cost_sum.without_cost;
        all.cost += video->cost_sum.cost;
    }
    VEC_EACH (const struct log, log, &run->logs) {
        rate_limit_periods += log->story->rate_limit_periods.count;
        VEC_EACH (const struct rate_limit_period, period, &log->story->rate_limit_periods)
            lost += period->lost_ns;
        VEC_EACH (const struct stage, stage, &log->story->stages)
            if (stage->outcome == OUTCOME_RUNNING)
                workers += stage->usage.parallel.workers_max;
    }
    snprintf(line, sizeof line,
             "%zu videos, %zu in work, %u workers   $%.4f%s in %llu calls   %zu rate limits, %.1fs lost",
             videos->count, working, workers, (double)all.cost / 1e12, all.without_cost ? "*" : "",
             (unsigned long long)all.calls, rate_limit_periods, (double)lost / 1e9);
    put_line(s, "", line);
}

static const char *colour_of(const char *status)
{
    return strcmp(status, "completed") == 0                                  ? GREEN
           : strcmp(status, "running") == 0                                  ? YELLOW
           : strcmp(status, "failed") == 0 || strcmp(status, "timeout") == 0 ? RED
                                                                             : FAINT;
}

#define FIGURES       "%-12s%-12s%9s%6s%6s%10s%9s"
#define FIGURES_WIDTH 64

static int name_width(const struct screen *s)
{
    int width = s->columns - FIGURES_WIDTH - 1;
    return width > 32 ? 32 : width < NAME_MIN ? NAME_MIN : width;
}

static void put_titles(struct screen *s)
{
    char usage[128], line[512];
    snprintf(usage, sizeof usage, FIGURES, "status", "stage", "scenes", "tries", "errs", "cost", "time");
    snprintf(line, sizeof line, "%-*s %s", name_width(s), "video", usage);
    put_line(s, FAINT, line);
}

/* What a terminal is too narrow for is left out at the right. */
static void put_usage(struct screen *s, const struct live_video *video)
{
    char line[256], stage[13], attempts[24], errors[24], cost[24], time[24] = "";
    snprintf(stage, sizeof stage, STR_FMT, STR_ARG(str_slice(video->stage, 0, 11)));
    snprintf(attempts, sizeof attempts, "%zu", video->attempts);
    snprintf(errors, sizeof errors, "%llu", (unsigned long long)video->errors);
    snprintf(cost, sizeof cost, "$%.4f%s", (double)video->cost_sum.cost / 1e12,
             video->cost_sum.without_cost ? "*" : "");
    FILE *duration = fmemopen(time, sizeof time, "w");
    if (duration) {
        put_duration(duration, video->seconds);
        fclose(duration);
    }
    snprintf(line, sizeof line, FIGURES, video->status, stage, video->progress, attempts, errors, cost, time);
    fputs(paint(s, colour_of(video->status)), s->out);
    put_cut(s->out, line, s->columns - name_width(s) - 1, false);
    fputs(paint(s, PLAIN), s->out);
    end_line(s);
}

static void put_video(struct screen *s, struct arena *arena, const struct live_video *video)
{
    put_cut(s->out, str_c(arena, video->name), name_width(s), true);
    putc(' ', s->out);
    put_usage(s, video);
    if (!video->error.len || s->lines_left < 2)
        return;
    put_line(s, FAINT, str_c(arena, str_format(arena, "  last error: " STR_FMT, STR_ARG(video->error))));
}

void live_draw(FILE *out, const struct conclusion *run, struct str spool, int columns, int lines,
               bool colours)
{
    struct screen s = {out, columns, lines, colours};
    fputs("\033[H", out);
    if (!run->tree.facts || !run->tree.nodes.count) {
        char line[512];
        snprintf(line, sizeof line, STR_FMT "   nothing is recorded yet", STR_ARG(spool));
        put_line(&s, BOLD, line);
    } else {
        struct vec videos = live_videos(run);
        put_head(&s, run, spool);
        put_sums(&s, run, &videos);
        put_titles(&s);
        for (size_t i = 0; i < videos.count && s.lines_left > 0; i++) {
            char line[64];
            if (s.lines_left == 1 && i + 1 < videos.count) {
                snprintf(line, sizeof line, "and %zu videos more", videos.count - i);
                put_line(&s, FAINT, line);
            } else
                put_video(&s, run->arena, VEC_AT(&videos, struct live_video, i));
        }
    }
    fputs("\033[J", out);
    fflush(out);
}
