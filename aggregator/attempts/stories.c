/* Leads each film through windows, ladder and figures, and gives each stage its verdict. */
#include "attempts/stories.h"

#include "attempts/attempts.h"
#include "attempts/place_calls.h"
#include "attempts/stages.h"
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

/* When the recording first and last knew of each film, and how much it holds of it. */
static void measure_all(const struct tree *tree, struct vec *stories)
{
    VEC_EACH (const struct node, node, &tree->nodes)
        if (node->film != NONE)
            see_node(tree, node, VEC_AT(stories, struct story, node->film));
    VEC_EACH (const struct deed, deed, &tree->deeds)
        if (deed->film != NONE)
            see(VEC_AT(stories, struct story, deed->film), deed->at_ns, deed->at_ns);
    VEC_EACH (const struct touch, touch, &tree->touches)
        if (touch->film != NONE)
            see(VEC_AT(stories, struct story, touch->film), touch->first_ns, touch->last_ns);
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
    VEC_EACH (const struct window, window, &t->windows)
        see(t->story, window->start_ns, window->end_ns);
    figures_of_story(t);
    calls_place_settle(t);
    VEC_SORT(&t->story->tries, struct try, by_stage_and_start);
}

/* Each film's own signals and those of the whole run, in time order (struct signal). */
static struct vec *signals_by_film(const struct tree *tree, const struct vec *signals)
{
    struct vec *own = arena_alloc(tree->arena, (tree->films.count + 1) * sizeof *own);
    VEC_EACH (const struct signal, signal, signals)
        for (uint32_t film = 0; film < tree->films.count; film++)
            if (signal->film == film || (signal->film == NONE && !signal->from_path))
                *VEC_PUSH(tree->arena, &own[film], struct signal) = *signal;
    return own;
}

static struct vec *acts_by_film(const struct tree *tree, const struct vec *acts)
{
    struct vec *own = arena_alloc(tree->arena, (tree->films.count + 1) * sizeof *own);
    VEC_EACH (const struct act, act, acts)
        *VEC_PUSH(tree->arena, &own[act->film], struct act) = *act;
    return own;
}

static struct vec new_stories(const struct tree *tree)
{
    struct vec stories = {0};
    for (uint32_t film = 0; film < tree->films.count; film++)
        *VEC_PUSH(tree->arena, &stories, struct story) = (struct story){
            .film = VEC_AT(&tree->films, struct film, film), .first_ns = INT64_MAX, .last_ns = INT64_MIN};
    return stories;
}

struct vec story_tell(const struct tree *tree, struct vec *signals, const struct vec *stage_order,
                      const struct vec *calls)
{
    struct vec stories = new_stories(tree), acts = act_find(tree, signals);
    act_find_untimely(tree, signals);
    measure_all(tree, &stories);
    struct map removals = temp_removals(tree);
    struct vec *own_signals = signals_by_film(tree, signals), *own_acts = acts_by_film(tree, &acts);
    struct vec *temps = temp_made(tree);
    bool *worker = act_workers(tree, signals);
    for (uint32_t film = 0; film < tree->films.count; film++) {
        struct teller t = {.tree = tree,
                           .arena = tree->arena,
                           .signals = &own_signals[film],
                           .all_signals = signals,
                           .acts = &acts,
                           .own_acts = &own_acts[film],
                           .all_calls = calls,
                           .temps = &temps[film],
                           .stage_order = stage_order,
                           .worker = worker,
                           .removals = &removals,
                           .film = film,
                           .story = VEC_AT(&stories, struct story, film)};
        tell(&t);
    }
    return stories;
}
