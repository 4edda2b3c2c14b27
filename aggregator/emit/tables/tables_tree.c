/* Rows of what the processes did: themselves, their samples, files and crashes. */
#include "emit/tables/tables_rows.h"

#include "vl/event.h"

static uint64_t key_of(const struct tree *tree, uint32_t node)
{
    return node == NONE ? 0 : tree_node(tree, node)->key;
}

static struct str name_of_video(const struct tree *tree, uint32_t video)
{
    return video == NONE ? STR("") : VEC_AT(&tree->videos, struct video, video)->name;
}

static void put_process(struct table_sink *sink, const struct table *table, const struct tree *tree,
                        const struct node *node)
{
    const struct invocation *last =
        node->commands.count ? VEC_LAST(&node->commands, struct invocation) : &(struct invocation){0};
    const struct io_sum *io = node->fact == NONE ? NULL : &facts_process_at(tree->facts, node->fact)->io;
    int64_t end_ns = node->end_ns == NO_TIME ? node->last_ns : node->end_ns;
    PUT_ROW(processes, .process_id = cell_key(node->key), .parent_id = cell_key(key_of(tree, node->parent)),
            .video = cell_text(name_of_video(tree, node->video)),
            .host = cell_text(tree_host_name(tree, node->host)), .pid = cell_number(node->pid),
            .start_time = cell_time(node->start_ns), .end_time = cell_time(node->end_ns),
            .duration_seconds = cell_seconds(end_ns - node->start_ns),
            .exit_status = cell_count(node->exit_status),
            .signal = node->signal ? cell_count(node->signal) : (struct cell){0},
            .killed_by = cell_key(key_of(tree, node->killed_by)), .program = cell_text(last->program),
            .arguments = cell_text(last->args), .cpu_seconds = cell_micros(node->cpu_us),
            .memory_peak_kb = node->peak_kb ? cell_number(node->peak_kb) : (struct cell){0},
            .read_bytes = io && node->instrumented ? cell_number(io->read_bytes) : (struct cell){0},
            .written_bytes = io && node->instrumented ? cell_number(io->written_bytes) : (struct cell){0},
            .instrumented = cell_flag(node->instrumented), .helper = cell_flag(node->folded));
}

void rows_processes(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct node, node, &run->tree.nodes)
        put_process(sink, table, &run->tree, node);
}

void rows_samples(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct node, node, &run->tree.nodes) {
        if (node->fact == NONE)
            continue;
        VEC_EACH (const struct sample, sample, &facts_process_at(run->tree.facts, node->fact)->samples)
            PUT_ROW(samples, .process_id = cell_key(node->key),
                    .at = cell_time(tree_wall(&run->tree, node->host, sample->ticks)),
                    .user_seconds = cell_micros((int64_t)sample->user_us),
                    .system_seconds = cell_micros((int64_t)sample->system_us),
                    .memory_kb = sample->rss_kb ? cell_number(sample->rss_kb) : (struct cell){0},
                    .memory_peak_kb = sample->peak_kb ? cell_number(sample->peak_kb) : (struct cell){0});
    }
}

void rows_spans(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    static const char *const ends[] = {"returned", "raised", "cancelled"};
    VEC_EACH (const struct span, span, &run->tree.spans)
        PUT_ROW(spans, .process_id = cell_key(key_of(&run->tree, span->node)), .tid = cell_number(span->tid),
                .video = cell_text(name_of_video(&run->tree, span->video)),
                .function = cell_text(span->function), .start_time = cell_time(span->start_ns),
                .end_time = cell_time(span->end_ns),
                .duration_seconds = cell_seconds(span->last_ns - span->start_ns),
                .ended = cell_word(span->how >= 0 && span->how <= VL_SPAN_CANCEL ? ends[span->how] : NULL),
                .arguments = cell_text(span->arguments), .result = cell_text(span->result));
}

void rows_files(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct file_access, access, &run->tree.file_accesses) {
        const struct file_use *use = access->use;
        PUT_ROW(files, .process_id = cell_key(key_of(&run->tree, access->node)),
                .video = cell_text(name_of_video(&run->tree, access->video)), .path = cell_text(use->path),
                .read_bytes = cell_number(use->io.read_bytes),
                .written_bytes = cell_number(use->io.written_bytes),
                .read_ops = cell_number(use->io.read_ops), .write_ops = cell_number(use->io.write_ops),
                .opens = cell_number(use->opens), .first_used = cell_time(access->first_ns),
                .last_used = cell_time(access->last_ns), .first_written = cell_time(access->first_write_ns),
                .temporary = cell_flag(use->temp));
    }
}

void rows_crashes(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct crash, crash, &run->tree.crashes) {
        struct frame none = {0}, *known = NULL;
        VEC_EACH (struct frame, frame, &crash->frames)
            known = known || !frame->function.len ? known : frame;
        const struct frame *shown = known ? known : &none;
        const struct frame *first = crash->frames.count ? VEC_AT(&crash->frames, struct frame, 0) : &none;
        PUT_ROW(crashes, .process_id = cell_key(key_of(&run->tree, crash->node)),
                .at = cell_time(crash->at_ns), .signal = cell_count(crash->signal),
                .ended = cell_flag(crash->ended), .function = cell_text(shown->function),
                .file = cell_text(shown->file),
                .line = shown->file.len ? cell_count(shown->line) : (struct cell){0},
                .module = cell_text(first->module));
    }
}
