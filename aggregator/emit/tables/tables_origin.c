/* Rows of where the figures come from, and what is missing in them. */
#include "emit/tables/tables_rows.h"

#include "vl/event.h"
#include "vl/version.h"

static const struct {
    unsigned number;
    const char *name;
} reasons[] = {
#define VL_REASON(name, number, text) {number, #name},
#include "vl/reason.def"
#undef VL_REASON
};

static uint64_t dropped_events(const struct facts *facts)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof facts->dropped / sizeof *facts->dropped; i++)
        sum += facts->dropped[i];
    return sum;
}

void rows_recording(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    const struct facts *facts = run->tree.facts;
    const struct log *log = run->logs.count ? VEC_AT(&run->logs, struct log, 0) : &(struct log){0};
    PUT_ROW(recording, .version = cell_word(VL_TOOL_VERSION), .rules_version = cell_text(log->rules_version),
            .prices_version = cell_text(log->prices_version), .videos = cell_number(run->logs.count),
            .processes = cell_number(run->tree.nodes.count), .events = cell_number(facts->event_count),
            .dropped_events = cell_number(dropped_events(facts)),
            .damaged_places = cell_number(facts->damages.count),
            .calls_of_no_video = cell_number(run->no_video.calls + run->ambiguous.calls),
            .cost_of_no_video_usd = cell_dollars(run->no_video.cost + run->ambiguous.cost));
}

void rows_dropped(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (run->tree.facts->dropped[reasons[i].number])
            PUT_ROW(dropped, .reason = cell_word(reasons[i].name),
                    .events = cell_number(run->tree.facts->dropped[reasons[i].number]));
}

void rows_damage(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct damage, damage, &run->tree.facts->damages)
        PUT_ROW(damage, .file = cell_text(damage->file), .offset = cell_number(damage->offset),
                .bytes = cell_number(damage->bytes), .what = cell_text(damage->what));
}
