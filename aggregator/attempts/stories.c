/* Leads each video through intervals, attempts and figures, and gives each stage its outcome. */
#include "attempts/stories.h"

#include "attempts/attempts.h"
#include "failures/diagnose.h"
#include "failures/group.h"
#include "resources/resource_usage.h"
#include "resources/temp_files.h"
#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

static void see(struct story *story, int64_t first_ns, int64_t last_ns)
{
    if (first_ns < story->first_ns)
        story->first_ns = first_ns;
    if (last_ns > story->last_ns)
        story->last_ns = last_ns;
}

static void see_node(const struct tree *tree, const struct node *node, struct story *story)
{
    story->processes += !node->folded;
    see(story, node->start_ns, node->ended ? node->end_ns : node->last_ns);
    if (node->fact != NONE)
        story->events += facts_process_at(tree->facts, node->fact)->events;
}

/* When the recording first and last knew of each video, and how much it holds of it. */
static void measure_all(const struct tree *tree, struct vec *stories)
{
    VEC_EACH (const struct node, node, &tree->nodes)
        if (node->video != NONE)
            see_node(tree, node, VEC_AT(stories, struct story, node->video));
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        if (occurrence->video != NONE)
            see(VEC_AT(stories, struct story, occurrence->video), occurrence->at_ns, occurrence->at_ns);
    VEC_EACH (const struct file_access, access, &tree->file_accesses)
        if (access->video != NONE)
            see(VEC_AT(stories, struct story, access->video), access->first_ns, access->last_ns);
}

static void usage_of_story(struct video_context *t)
{
    struct story *story = t->story;
    story->usage = resource_usage_none();
    story->usage.duration_ns = story->last_ns - story->first_ns;
    VEC_EACH (const struct stage, stage, &story->stages)
        resource_usage_join(&story->usage, &stage->usage);
    work_rows_add(t, NULL, &story->usage);
    temp_files_count(t, INT64_MIN, INT64_MAX, &story->usage);
    VEC_EACH (const struct stage, stage, &story->stages)
        if (stage->usage.parallel.tasks > story->usage.parallel.tasks)
            story->usage.parallel = stage->usage.parallel;
}

static int by_stage_and_start(const void *a, const void *b)
{
    const struct attempt *left = a, *right = b;
    int order = str_compare(left->stage, right->stage);
    if (order)
        return order;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    order = str_compare(left->scene, right->scene);
    return order ? order : (left->number > right->number) - (left->number < right->number);
}

static void conclude_story(struct video_context *t)
{
    stage_intervals_find(t);
    attempts_find(t);
    VEC_EACH (struct attempt, attempt, &t->story->attempts)
        resource_usage_of_attempt(t, attempt);
    stages_conclude(t);
    VEC_EACH (const struct stage_interval, interval, &t->intervals)
        see(t->story, interval->start_ns, interval->end_ns);
    usage_of_story(t);
    place_calls_settle(t);
    VEC_SORT(&t->story->attempts, struct attempt, by_stage_and_start);
}

/* Each video's own signals and those of the whole run, in time order (struct signal). */
static struct vec *signals_by_video(const struct tree *tree, const struct vec *signals)
{
    struct vec *own = arena_alloc(tree->arena, (tree->videos.count + 1) * sizeof *own);
    VEC_EACH (const struct signal, signal, signals)
        for (uint32_t video = 0; video < tree->videos.count; video++)
            if (signal->video == video || (signal->video == NONE && !signal->from_path))
                *VEC_PUSH(tree->arena, &own[video], struct signal) = *signal;
    return own;
}

static struct vec *activities_by_video(const struct tree *tree, const struct vec *activities)
{
    struct vec *own = arena_alloc(tree->arena, (tree->videos.count + 1) * sizeof *own);
    VEC_EACH (const struct activity, activity, activities)
        *VEC_PUSH(tree->arena, &own[activity->video], struct activity) = *activity;
    return own;
}

static struct vec new_stories(const struct tree *tree)
{
    struct vec stories = {0};
    for (uint32_t video = 0; video < tree->videos.count; video++)
        *VEC_PUSH(tree->arena, &stories, struct story) = (struct story){
            .video = VEC_AT(&tree->videos, struct video, video), .first_ns = INT64_MAX, .last_ns = INT64_MIN};
    return stories;
}

struct vec stories_conclude(const struct tree *tree, const struct rules *rules, struct vec *signals,
                            const struct vec *calls)
{
    struct vec stories = new_stories(tree), activities = activity_find(tree, signals);
    activity_mark_untimely(tree, signals);
    measure_all(tree, &stories);
    struct map removals = temp_files_removals(tree);
    struct vec *own_signals = signals_by_video(tree, signals),
               *own_activities = activities_by_video(tree, &activities);
    struct vec *temps = temp_files_made(tree);
    bool *worker = activity_workers(tree, signals);
    for (uint32_t video = 0; video < tree->videos.count; video++) {
        struct video_context t = {.tree = tree,
                                  .arena = tree->arena,
                                  .signals = &own_signals[video],
                                  .all_signals = signals,
                                  .activities = &activities,
                                  .own_activities = &own_activities[video],
                                  .all_calls = calls,
                                  .temps = &temps[video],
                                  .stage_order = &rules->stages,
                                  .worker = worker,
                                  .removals = &removals,
                                  .video = video,
                                  .story = VEC_AT(&stories, struct story, video)};
        conclude_story(&t);
        diagnose_all(tree->arena, rules, t.story);
        t.story->groups = group_failures(tree->arena, t.story);
    }
    return stories;
}
