/* Leads each film through windows, ladder and figures, and gives each stage its verdict. */
#include "correlate/story.h"

#include "correlate/act.h"
#include "correlate/figures.h"
#include "correlate/ladder.h"
#include "correlate/stage.h"
#include "correlate/temp.h"
#include "correlate/window.h"

static void see(struct story *story, int64_t first_ns, int64_t last_ns)
{
    if (first_ns < story->first_ns)
        story->first_ns = first_ns;
    if (last_ns > story->last_ns)
        story->last_ns = last_ns;
}

/* When the recording first and last knew of the film, and how much it holds of it. */
static void measure(struct teller *t)
{
    struct story *story = t->story;
    story->first_ns = INT64_MAX;
    story->last_ns = INT64_MIN;
    VEC_EACH (const struct node, node, &t->tree->nodes) {
        if (node->film != t->film)
            continue;
        story->processes++;
        see(story, node->start_ns, node->ended ? node->end_ns : node->last_ns);
        if (node->fact != NONE)
            story->events += facts_process_at(t->tree->facts, node->fact)->events;
    }
    VEC_EACH (const struct deed, deed, &t->tree->deeds)
        if (deed->film == t->film)
            see(story, deed->at_ns, deed->at_ns);
    VEC_EACH (const struct touch, touch, &t->tree->touches)
        if (touch->film == t->film)
            see(story, touch->first_ns, touch->last_ns);
    VEC_EACH (const struct window, window, &t->windows)
        see(story, window->start_ns, window->end_ns);
}

static void figures_of_story(struct teller *t)
{
    struct story *story = t->story;
    story->figures = figures_none();
    story->figures.duration_ns = story->last_ns - story->first_ns;
    VEC_EACH (const struct stage, stage, &story->stages)
        figures_join(&story->figures, &stage->figures);
    figures_add_rows(t, NULL, &story->figures);
    temp_count(t, INT64_MIN, INT64_MAX, &story->figures);
    VEC_EACH (const struct stage, stage, &story->stages)
        if (stage->figures.parallel.tasks > story->figures.parallel.tasks)
            story->figures.parallel = stage->figures.parallel;
}

static int by_stage_and_start(const void *a, const void *b)
{
    const struct try *left = a, *right = b;
    int order = str_compare(left->stage, right->stage);
    if (order)
        return order;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    order = str_compare(left->scene, right->scene);
    return order ? order : (left->number > right->number) - (left->number < right->number);
}

static void tell(struct teller *t)
{
    window_find(t);
    ladder_climb(t);
    VEC_EACH (struct try, one, &t->story->tries)
        figures_of_try(t, one);
    stage_conclude(t);
    measure(t);
    figures_of_story(t);
    VEC_SORT(&t->story->tries, struct try, by_stage_and_start);
}

struct vec story_tell(const struct tree *tree, const struct vec *signals, const struct vec *stage_order)
{
    struct vec stories = {0}, acts = act_find(tree, signals);
    struct map removals = temp_removals(tree);
    bool *untimely = act_untimely(tree, signals), *worker = act_workers(tree, signals);
    vec_reserve(tree->arena, &stories, sizeof(struct story), tree->films.count);
    for (uint32_t film = 0; film < tree->films.count; film++) {
        struct story *story = VEC_PUSH(tree->arena, &stories, struct story);
        story->film = VEC_AT(&tree->films, struct film, film);
        struct teller t = {.tree = tree,
                           .arena = tree->arena,
                           .signals = signals,
                           .acts = &acts,
                           .stage_order = stage_order,
                           .untimely = untimely,
                           .worker = worker,
                           .removals = &removals,
                           .film = film,
                           .story = story};
        tell(&t);
    }
    return stories;
}
