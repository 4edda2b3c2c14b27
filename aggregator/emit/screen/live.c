/* What of a video is worth a line, and in which order. */
#include "emit/screen/live.h"

#include "emit/cost_sums.h"
#include "emit/entry.h"

#include <string.h>

static bool runs(const struct live_video *video) { return strcmp(video->status, "running") == 0; }

static bool went_well(const struct live_video *video) { return strcmp(video->status, "completed") == 0; }

/* The stage in work, else the last one that began. */
static const struct stage *stage_shown(const struct story *story)
{
    const struct stage *shown = NULL;
    VEC_EACH (const struct stage, stage, &story->stages)
        if (!shown || (shown->outcome != OUTCOME_RUNNING && stage->start_ns >= shown->start_ns) ||
            (stage->outcome == OUTCOME_RUNNING && shown->outcome != OUTCOME_RUNNING))
            shown = stage;
    return shown;
}

static void set_progress(struct live_video *video, const struct stage *stage)
{
    size_t done = 0;
    VEC_EACH (const struct scene, scene, &stage->scenes)
        done += scene->outcome == OUTCOME_SUCCESS;
    if (stage->scenes.count)
        snprintf(video->progress, sizeof video->progress, "%zu/%zu", done, stage->scenes.count);
}

static struct live_video video_of(const struct log *log)
{
    const struct story *story = log->story;
    const struct stage *stage = stage_shown(story);
    struct live_video video = {
        .name = story->video->name, .status = story_status(story), .attempts = story->attempts.count};
    if (stage) {
        video.stage = stage->name;
        set_progress(&video, stage);
    }
    VEC_EACH (const struct stage, one, &story->stages)
        video.seconds += one->usage.duration_ns > 0 ? (double)one->usage.duration_ns / 1e9 : 0;
    VEC_EACH (const struct group, group, log->groups)
        video.errors += group->count;
    int64_t last = INT64_MIN;
    VEC_EACH (const struct failure, failure, &story->failures)
        if (failure->at_ns >= last && !failure->passed) {
            video.error = failure->message;
            last = failure->at_ns;
        }
    video.cost_sum = cost_sum_of_story(log);
    return video;
}

/* What is in work first, then what needs a look. */
static int by_interest(const void *one, const void *other)
{
    const struct live_video *a = one, *b = other;
    int left = runs(a) ? 0 : went_well(a) ? 2 : 1, right = runs(b) ? 0 : went_well(b) ? 2 : 1;
    return left != right ? left - right : str_compare(a->name, b->name);
}

struct vec live_videos(const struct conclusion *run)
{
    struct vec videos = {0};
    VEC_EACH (const struct log, log, &run->logs)
        *VEC_PUSH(run->arena, &videos, struct live_video) = video_of(log);
    VEC_SORT(&videos, struct live_video, by_interest);
    return videos;
}

struct live_line {
    struct str video, text;
};

static struct live_line *line_of_video(struct live_lines *lines, struct str video)
{
    VEC_EACH (struct live_line, shown, &lines->shown)
        if (str_equal(shown->video, video))
            return shown;
    struct live_line *shown = VEC_PUSH(lines->arena, &lines->shown, struct live_line);
    shown->video = str_copy(lines->arena, video);
    return shown;
}

void live_print_changes(FILE *out, const struct conclusion *run, struct live_lines *lines)
{
    struct vec videos = live_videos(run);
    VEC_EACH (const struct live_video, video, &videos) {
        struct str text = str_format(
            run->arena, STR_FMT ": %s, " STR_FMT "%s%s, attempts %zu, errors %llu, $%.4f%s" STR_FMT,
            STR_ARG(video->name), video->status, STR_ARG(video->stage), *video->progress ? " " : "",
            video->progress, video->attempts, (unsigned long long)video->errors,
            (double)video->cost_sum.cost / 1e12, video->error.len ? ": " : "", STR_ARG(video->error));
        struct live_line *shown = line_of_video(lines, video->name);
        if (str_equal(shown->text, text))
            continue;
        shown->text = str_copy(lines->arena, text);
        for (size_t i = 0; i < text.len; i++)
            putc((unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i], out);
        putc('\n', out);
    }
    fflush(out);
}
