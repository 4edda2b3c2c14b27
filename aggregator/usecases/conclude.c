/* order -> processes -> symbols -> rules -> llm_calls -> attempts -> price: who hands what to whom. */
#include "usecases/conclude.h"

#include "price/cost.h"
#include "price/prices.h"
#include "usecases/find_transcripts.h"

#include "attempts/stories.h"
#include "emit/log/log_document.h"
#include "llm_calls/find_calls.h"
#include "llm_calls/prompts.h"
#include "model/facts/seals.h"
#include "order/clock.h"
#include "processes/alive.h"
#include "processes/process_tree.h"
#include "rules/match.h"
#include "rules/video_bases.h"
#include "symbols/symbols.h"

static int64_t wall_ns(const void *clocks, uint32_t host, uint64_t ticks)
{
    const struct clock *list = clocks;
    return clock_realtime_ns(&list[host], ticks);
}

static struct vec zone_of(const struct tree *tree, uint32_t video)
{
    struct vec zone = {0};
    uint32_t host = tree_host_of_video(tree, video);
    if (host >= tree->facts->hosts.count)
        return zone;
    VEC_EACH (const struct utc_offset, offset, &VEC_AT(&tree->facts->hosts, struct host, host)->offsets) {
        struct zone_step *step = VEC_PUSH(tree->arena, &zone, struct zone_step);
        *step = (struct zone_step){tree_wall(tree, host, offset->ticks), offset->seconds};
    }
    return zone;
}

static void add_log(struct conclusion *out, const struct rules *rules, const struct prices *prices,
                    struct story *story, uint32_t video, bool utc)
{
    struct log *log = VEC_PUSH(out->arena, &out->logs, struct log);
    *log = (struct log){.story = story,
                        .groups = &story->groups,
                        .tree = &out->tree,
                        .zone = zone_of(&out->tree, video),
                        .utc = utc,
                        .rules_version = rules->version,
                        .damages = &out->tree.facts->damages,
                        .dropped = out->tree.facts->dropped,
                        .ambiguous = &out->ambiguous,
                        .no_video = &out->no_video};
    price_calls_of_log(prices, log, story);
}

static int find_rules(struct arena *arena, const char *path, struct rules **rules, struct err *err)
{
    if (path)
        return rules_read(arena, path, rules, err);
    *rules = rules_builtin(arena);
    return 0;
}

/* One way through the rooms, each visited once. */
static void walk(struct conclusion *out, const struct facts *facts, struct rules *rules,
                 const struct prices *prices, const struct conclude_options *options)
{
    struct arena *arena = out->arena;
    struct tree *tree = &out->tree;
    struct vec bases = video_bases_find(arena, rules, facts);
    *tree = (struct tree){.arena = arena,
                          .facts = facts,
                          .seals = seals_find(arena, facts),
                          .clock = {wall_ns, clocks_make(arena, facts)}};
    process_tree_conclude(tree, &bases, options->ask_host ? alive_now : NULL);
    symbols_fill(arena, &tree->crashes);
    struct vec signals = match_all(rules, tree);
    struct vec claude_runs = find_claude_runs(tree, &signals);
    prompts_note(tree, &claude_runs);
    struct transcripts transcripts = find_transcripts(tree, &claude_runs, options);
    struct vec calls = find_calls(tree, &claude_runs, &signals, &transcripts);
    struct vec *stories = ARENA_NEW(arena, struct vec);
    *stories = stories_conclude(tree, rules, &signals, &calls);
    price_calls_rest(prices, &calls, &out->ambiguous, &out->no_video);
    for (uint32_t video = 0; video < stories->count; video++)
        add_log(out, rules, prices, VEC_AT(stories, struct story, video), video, options->utc);
}

int conclude_all(const struct facts *facts, const struct conclude_options *options, struct conclusion *out,
                 struct err *err)
{
    struct arena *arena = arena_new();
    struct rules *rules = NULL;
    struct prices *prices = NULL;
    *out = (struct conclusion){.arena = arena};
    int status = find_rules(arena, options->rules, &rules, err);
    if (!status)
        status = prices_find(arena, options->prices, &prices, err);
    if (status)
        return status;
    walk(out, facts, rules, prices, options);
    return 0;
}

void conclude_free(struct conclusion *conclusion)
{
    arena_free(conclusion->arena);
    *conclusion = (struct conclusion){0};
}

int conclude_write(const struct log *log, const char *path, struct logs_odd *odd, struct err *err)
{
    json_t *document = log_document(log);
    int status = log_file_write(path, document, odd, err);
    json_decref(document);
    return status;
}
