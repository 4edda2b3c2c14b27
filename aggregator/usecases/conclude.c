/* order -> processes -> rules -> llm_calls -> attempts -> failures: who hands what to whom. */
#include "usecases/conclude.h"

#include "price/price_calls.h"
#include "price/price_table.h"
#include "usecases/find_transcripts.h"

#include "attempts/stories.h"
#include "emit/log/log_document.h"
#include "failures/diagnose.h"
#include "failures/group.h"
#include "llm_calls/find_calls.h"
#include "llm_calls/prompts.h"
#include "order/clock.h"
#include "processes/alive.h"
#include "processes/crashes.h"
#include "processes/lines.h"
#include "processes/process_tree.h"
#include "processes/spans.h"
#include "processes/videos.h"
#include "rules/match.h"
#include "rules/video_bases.h"
#include "symbols/symbols.h"

static int64_t wall_ns(const void *clocks, uint32_t host, uint64_t ticks)
{
    const struct clock *list = clocks;
    return clock_realtime_ns(&list[host], ticks);
}

static void grow_tree(struct tree *tree, const struct rules *rules, bool ask_host)
{
    struct vec places = video_bases_find(tree->arena, rules, tree->facts);
    videos_settle(tree, &places);
    process_tree_build(tree, ask_host ? alive_now : NULL);
    videos_of_nodes(tree);
    process_tree_give_videos(tree);
    spans_join(tree);
    lines_join(tree);
    match_programs(rules, tree);
    crashes_find(tree);
    symbols_fill(tree->arena, &tree->crashes);
}

/* The host that the video was made on: that of its first process. */
static uint32_t host_of(const struct tree *tree, uint32_t video)
{
    VEC_EACH (const struct node, node, &tree->nodes)
        if (node->video == video)
            return node->host;
    VEC_EACH (const struct occurrence, occurrence, &tree->occurrences)
        if (occurrence->video == video && occurrence->node != NONE)
            return tree_node(tree, occurrence->node)->host;
    return 0;
}

static struct vec zone_of(const struct tree *tree, uint32_t video)
{
    struct vec zone = {0};
    uint32_t host = host_of(tree, video);
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
    struct vec *groups = ARENA_NEW(out->arena, struct vec);
    diagnose_all(out->arena, rules, story);
    *groups = group_failures(out->arena, story);
    *log = (struct log){.story = story,
                        .groups = groups,
                        .tree = &out->tree,
                        .zone = zone_of(&out->tree, video),
                        .utc = utc,
                        .rules_version = rules->version,
                        .damages = &out->tree.facts->damages,
                        .dropped = out->tree.facts->dropped,
                        .ambiguous = &out->ambiguous,
                        .no_video = &out->no_video};
    price_log(prices, log, story);
}

static int find_rules(struct arena *arena, const char *path, struct rules **rules, struct err *err)
{
    if (path)
        return rules_read(arena, path, rules, err);
    *rules = rules_builtin(arena);
    return 0;
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
    out->tree = (struct tree){.arena = arena, .facts = facts, .clock = {wall_ns, clocks_make(arena, facts)}};
    grow_tree(&out->tree, rules, options->ask_host);
    struct vec *signals = ARENA_NEW(arena, struct vec);
    *signals = match_all(rules, &out->tree);
    struct vec *calls = ARENA_NEW(arena, struct vec);
    struct vec claude_runs = find_claude_runs(&out->tree, signals);
    prompts_note(&out->tree, &claude_runs);
    struct transcripts transcripts = transcripts_of(&out->tree, &claude_runs, options);
    *calls = find_calls(&out->tree, &claude_runs, signals, &transcripts);
    struct vec stories = stories_conclude(&out->tree, signals, &rules->stages, calls);
    price_rest(prices, calls, &out->ambiguous, &out->no_video);
    for (uint32_t video = 0; video < stories.count; video++)
        add_log(out, rules, prices, VEC_AT(&stories, struct story, video), video, options->utc);
    return 0;
}

void conclude_free(struct conclusion *conclusion)
{
    arena_free(conclusion->arena);
    *conclusion = (struct conclusion){0};
}

int conclude_write(const struct log *log, const char *path, struct logs_odd *odd, struct err *err)
{
    json_t *document = logs_document(log);
    int status = logs_write(path, document, odd, err);
    json_decref(document);
    return status;
}
