/* Rows of what happened to videos: stages, scenes, attempts, checks, operations. */
#include "emit/cost_sums.h"
#include "emit/entry.h"
#include "emit/tables/tables_rows.h"

#define EACH_LOG(log, run) VEC_EACH (const struct log, log, &(run)->logs)

static struct cell io_cell(const struct resource_usage *usage, uint64_t bytes)
{
    return usage->io_known ? cell_number(bytes) : (struct cell){0};
}

static uint64_t stages_succeeded(const struct story *story)
{
    uint64_t good = 0;
    VEC_EACH (const struct stage, stage, &story->stages)
        good += stage->outcome == OUTCOME_SUCCESS || stage->outcome == OUTCOME_SKIPPED;
    return good;
}

static int64_t stages_duration(const struct story *story)
{
    int64_t sum = 0;
    VEC_EACH (const struct stage, stage, &story->stages)
        sum += stage->usage.duration_ns > 0 ? stage->usage.duration_ns : 0;
    return sum;
}

static uint64_t occurrences(const struct log *log)
{
    uint64_t sum = 0;
    VEC_EACH (const struct group, group, log->groups)
        sum += group->count;
    return sum;
}

void rows_videos(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    {
        const struct story *story = log->story;
        const struct resource_usage *usage = &story->usage;
        struct cost_sum cost_sum = cost_sum_of_story(log);
        PUT_ROW(
            videos, .video = cell_text(story->video->name), .folder = cell_text(story->video->folder),
            .status = cell_word(story_status(story)), .first_event = cell_time(story->first_ns),
            .last_event = cell_time(story->last_ns), .duration_seconds = cell_seconds(stages_duration(story)),
            .stages = cell_number(story->stages.count),
            .stages_succeeded = cell_number(stages_succeeded(story)),
            .attempts = cell_number(story->attempts.count), .errors = cell_number(log->groups->count),
            .error_occurrences = cell_number(occurrences(log)), .calls = cell_number(cost_sum.calls),
            .cost_usd = cell_dollars(cost_sum.cost), .calls_without_cost = cell_number(cost_sum.without_cost),
            .memory_peak_kb = cell_count(usage->memory_peak_kb), .cpu_seconds = cell_micros(usage->cpu_us),
            .read_bytes = io_cell(usage, usage->io.read_bytes),
            .written_bytes = io_cell(usage, usage->io.written_bytes),
            .temp_files_created = cell_number(usage->temp_created),
            .temp_files_cleaned = cell_number(usage->temp_cleaned),
            .processes = cell_number(story->processes), .events = cell_number(story->events));
    }
}

static uint64_t attempts_of(const struct story *story, const struct stage *stage)
{
    uint64_t count = 0;
    VEC_EACH (const struct attempt, attempt, &story->attempts)
        count += str_equal(attempt->stage, stage->name);
    return count;
}

static uint64_t scenes_succeeded(const struct stage *stage)
{
    uint64_t good = 0;
    VEC_EACH (const struct scene, scene, &stage->scenes)
        good += scene->outcome == OUTCOME_SUCCESS;
    return good;
}

static void put_stage(struct table_sink *sink, const struct table *table, const struct log *log,
                      const struct stage *stage)
{
    const struct resource_usage *usage = &stage->usage;
    const struct failure *failure = entry_failure(log, stage->failure);
    PUT_ROW(stages, .video = cell_text(log->story->video->name), .stage = cell_text(stage->name),
            .method = cell_text(stage->method), .status = cell_word(stage_word(stage->outcome)),
            .start_time = cell_time(stage->start_ns), .end_time = cell_time(stage->end_ns),
            .duration_seconds = cell_seconds(usage->duration_ns),
            .attempts = cell_number(attempts_of(log->story, stage)), .retries = cell_number(stage->retries),
            .scenes = cell_number(stage->scenes.count),
            .scenes_succeeded = cell_number(scenes_succeeded(stage)),
            .memory_peak_kb = cell_count(usage->memory_peak_kb), .cpu_seconds = cell_micros(usage->cpu_us),
            .read_bytes = io_cell(usage, usage->io.read_bytes),
            .written_bytes = io_cell(usage, usage->io.written_bytes),
            .error_category = failure ? cell_text(failure->category) : (struct cell){0},
            .error_message = failure ? cell_text(failure->message) : (struct cell){0},
            .error_fingerprint = cell_key(failure ? failure->fingerprint : 0));
}

void rows_stages(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    VEC_EACH (const struct stage, stage, &log->story->stages)
        put_stage(sink, table, log, stage);
}

void rows_scenes(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    VEC_EACH (const struct stage, stage, &log->story->stages)
        VEC_EACH (const struct scene, scene, &stage->scenes)
            PUT_ROW(scenes, .video = cell_text(log->story->video->name), .stage = cell_text(stage->name),
                    .scene = cell_text(scene->name), .status = cell_word(outcome_word(scene->outcome)),
                    .attempts = cell_number(scene->attempts),
                    .duration_seconds = cell_seconds(scene->duration_ns),
                    .exit_status = cell_count(scene->exit_status), .output = cell_text(scene->output));
}

static void put_attempt(struct table_sink *sink, const struct table *table, const struct log *log,
                        const struct attempt *attempt)
{
    const struct failure *failure =
        attempt->outcome == OUTCOME_SUCCESS ? NULL : entry_failure(log, attempt->failure);
    PUT_ROW(attempts, .attempt_id = cell_key(attempt->key), .video = cell_text(log->story->video->name),
            .stage = cell_text(attempt->stage), .scene = cell_text(attempt->scene),
            .attempt_number = cell_number(attempt->number), .method = cell_text(attempt->method),
            .status = cell_word(outcome_word(attempt->outcome)), .start_time = cell_time(attempt->start_ns),
            .end_time = cell_time(attempt->end_ns),
            .duration_seconds = cell_seconds(attempt->last_ns - attempt->start_ns),
            .is_fix = cell_flag(attempt->is_fix), .auto_recovery = cell_flag(attempt->recovery),
            .exit_status = cell_count(attempt->exit_status), .memory_peak_kb = cell_count(attempt->peak_kb),
            .cpu_seconds = cell_micros(attempt->cpu_us),
            .error_category = failure ? cell_text(failure->category) : (struct cell){0},
            .error_message = failure ? cell_text(failure->message) : (struct cell){0},
            .error_fingerprint = cell_key(failure ? failure->fingerprint : 0));
}

void rows_attempts(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    VEC_EACH (const struct attempt, attempt, &log->story->attempts)
        put_attempt(sink, table, log, attempt);
}

void rows_attempt_processes(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    VEC_EACH (const struct attempt, attempt, &log->story->attempts)
        VEC_EACH (const uint32_t, node, &attempt->nodes)
            PUT_ROW(attempt_processes, .attempt_id = cell_key(attempt->key),
                    .process_id = cell_key(tree_node(&run->tree, *node)->key));
}

static struct str joined(const struct log *log, const struct vec *texts)
{
    struct str all = STR("");
    VEC_EACH (const struct str, text, texts)
        all = str_format(log->tree->arena, STR_FMT "%s" STR_FMT, STR_ARG(all), all.len ? "; " : "",
                         STR_ARG(*text));
    return all;
}

void rows_validations(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    VEC_EACH (const struct check, check, &log->story->checks) {
        const struct failure *failure = entry_failure(log, check->failure);
        struct str told = failure ? failure->message : check->message;
        struct str error = check->success        ? STR("")
                           : check->errors.count ? joined(log, &check->errors)
                                                 : told;
        PUT_ROW(validations, .video = cell_text(log->story->video->name), .at = cell_time(check->at_ns),
                .type = cell_text(check->type), .scene = cell_text(check->scene),
                .success = cell_flag(check->success), .error = cell_text(error),
                .fix = cell_text(joined(log, &check->fixes)), .auto_recovery = cell_flag(check->recovery));
    }
}

void rows_operations(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    EACH_LOG(log, run)
    VEC_EACH (const struct row, row, &log->story->usage.rows)
        PUT_ROW(operations, .video = cell_text(log->story->video->name), .stage = cell_text(row->stage),
                .name = cell_text(row->name), .count = cell_number(row->count),
                .total_seconds = cell_seconds(row->total_ns), .max_seconds = cell_seconds(row->max_ns),
                .memory_peak_kb = cell_count(row->peak_kb), .success = cell_flag(row->success));
}
