/* What a spool holds beyond its logs, as tables: processes, their samples, files. */
#include "emit/report_parts.h"

#include "emit/entry.h"
#include "emit/json.h"
#include "emit/text.h"

/* parent: row in this table. Times here are numbers, in microseconds since 1970 of the host's wall clock. */
static const struct field processes[] = {
    {"pid", "pid", FIELD_NUMBER},
    {"parent", "parent", FIELD_NUMBER},
    {"video", "video", FIELD_NUMBER},
    {"host", "host", FIELD_TEXT},
    {"program", "program", FIELD_TEXT},
    {"command", "command", FIELD_TEXT},
    {"start", "start", FIELD_NUMBER},
    {"end", "end", FIELD_NUMBER},
    {"ended", "ended", FIELD_FLAG},
    {"exit_status", "exit_status", FIELD_NUMBER},
    {"signal", "signal", FIELD_NUMBER},
    {"cpu", "cpu", FIELD_NUMBER},
    {"peak_kb", "peak_kb", FIELD_NUMBER},
    {"instrumented", "instrumented", FIELD_FLAG},
    {"helper", "helper", FIELD_FLAG},
    {"read", "io.read_bytes", FIELD_NUMBER},
    {"written", "io.written_bytes", FIELD_NUMBER},
    {"reads", "io.read_ops", FIELD_NUMBER},
    {"writes", "io.write_ops", FIELD_NUMBER},
    {0},
};

static const struct field samples[] = {
    {"process", "process", FIELD_NUMBER},
    {"at", "at", FIELD_NUMBER},
    {"cpu", "cpu", FIELD_NUMBER},
    {"rss_kb", "rss_kb", FIELD_NUMBER},
    {0},
};

/* A path has a row for each video that it was filed under. */
static const struct field files[] = {
    {"video", "video", FIELD_NUMBER},
    {"path", "path", FIELD_TEXT},
    {"renamed_to", "renamed_to", FIELD_TEXT},
    {"read", "io.read_bytes", FIELD_NUMBER},
    {"written", "io.written_bytes", FIELD_NUMBER},
    {"reads", "io.read_ops", FIELD_NUMBER},
    {"writes", "io.write_ops", FIELD_NUMBER},
    {0},
};

static json_t *io_json(const struct io_sum *io)
{
    json_t *object = json_object();
    entry_set(object, "read_bytes", json_integer((json_int_t)io->read_bytes));
    entry_set(object, "written_bytes", json_integer((json_int_t)io->written_bytes));
    entry_set(object, "read_ops", json_integer((json_int_t)io->read_ops));
    entry_set(object, "write_ops", json_integer((json_int_t)io->write_ops));
    return object;
}

static json_t *index_json(uint32_t index) { return index == NONE ? json_null() : json_integer(index); }

/* Of the host's wall clock, as the logs tell it. */
static json_t *time_json(const struct conclusion *run, uint32_t host, int64_t at_ns)
{
    const struct vec *offsets = &VEC_AT(&run->tree.facts->hosts, struct host, host)->offsets;
    bool utc = run->logs.count && VEC_AT(&run->logs, struct log, 0)->utc;
    int64_t seconds = 0;
    for (size_t i = 0; i < offsets->count && !utc; i++) {
        const struct utc_offset *offset = VEC_AT(offsets, struct utc_offset, i);
        if (i == 0 || tree_wall(&run->tree, host, offset->ticks) <= at_ns)
            seconds = offset->seconds;
    }
    return at_ns == NO_TIME ? json_null() : json_integer(at_ns / 1000 + seconds * 1000000);
}

static struct str spaced(struct arena *arena, struct str words)
{
    char *text = arena_alloc(arena, words.len + 1);
    size_t used = words.len && !words.ptr[words.len - 1] ? words.len - 1 : words.len;
    for (size_t i = 0; i < used; i++)
        text[i] = words.ptr[i] ? words.ptr[i] : ' ';
    return (struct str){text, used};
}

static json_t *process_json(struct columns *set, const struct conclusion *run, const struct node *node)
{
    static const struct invocation none;
    const struct invocation *last =
        node->commands.count ? VEC_LAST(&node->commands, struct invocation) : &none;
    const struct host *host = VEC_AT(&run->tree.facts->hosts, struct host, node->host);
    json_t *row = json_object();
    entry_set(row, "pid", json_integer(node->pid));
    entry_set(row, "parent", index_json(node->parent));
    entry_set(row, "video", index_json(node->film));
    entry_set(row, "host", json_text(host->name));
    entry_set(row, "program", json_text_or_null(last->program));
    entry_set(row, "command", json_text_or_null(spaced(set->arena, last->argv.len ? last->argv : last->exe)));
    entry_set(row, "start", time_json(run, node->host, node->start_ns));
    entry_set(row, "end", time_json(run, node->host, node->ended ? node->end_ns : node->last_ns));
    entry_set(row, "ended", json_boolean(node->ended));
    entry_set(row, "exit_status", json_count(node->exit_status));
    entry_set(row, "signal", node->signal ? json_integer(node->signal) : json_null());
    entry_set(row, "cpu", json_seconds(node->cpu_us < 0 ? -1 : node->cpu_us * 1000));
    entry_set(row, "peak_kb", json_count(node->peak_kb ? (int64_t)node->peak_kb : -1));
    entry_set(row, "instrumented", json_boolean(node->instrumented));
    entry_set(row, "helper", json_boolean(node->folded));
    if (node->instrumented && node->fact != NONE)
        entry_set(row, "io", io_json(&facts_process_at(run->tree.facts, node->fact)->io));
    return row;
}

static void add(struct columns *set, const char *table, const struct field *fields, json_t *row)
{
    columns_add(set, table, fields, row);
    json_decref(row);
}

static void add_samples(struct columns *set, const struct conclusion *run, uint32_t index)
{
    const struct node *node = tree_node(&run->tree, index);
    if (node->fact == NONE)
        return;
    VEC_EACH (const struct sample, sample, &facts_process_at(run->tree.facts, node->fact)->samples) {
        json_t *row = json_object();
        int64_t cpu_us = (int64_t)(sample->user_us + sample->system_us);
        entry_set(row, "process", json_integer(index));
        entry_set(row, "at", time_json(run, node->host, tree_wall(&run->tree, node->host, sample->ticks)));
        entry_set(row, "cpu", json_seconds(cpu_us * 1000));
        entry_set(row, "rss_kb", json_count(sample->rss_kb ? (int64_t)sample->rss_kb : -1));
        add(set, "samples", samples, row);
    }
}

/* By path, then video. */
static int use_order(const void *a, const void *b)
{
    const struct touch *one = a, *other = b;
    int order = str_compare(one->use->path, other->use->path);
    return order ? order : (one->film > other->film) - (one->film < other->film);
}

static void add_file(struct columns *set, const struct io_report *io, size_t *at, const struct touch *touch,
                     const struct io_sum *sum)
{
    const struct io_file *file = NULL;
    for (; *at < io->files.count; ++*at) {
        file = VEC_AT(&io->files, struct io_file, *at);
        if (str_compare(file->path, touch->use->path) >= 0)
            break;
    }
    bool renamed = file && str_equal(file->path, touch->use->path);
    json_t *row = json_object();
    entry_set(row, "video", index_json(touch->film));
    entry_set(row, "path", json_text(touch->use->path));
    entry_set(row, "renamed_to", renamed ? json_text_or_null(file->renamed_to) : json_null());
    entry_set(row, "io", io_json(sum));
    add(set, "files", files, row);
}

static void add_files(struct columns *set, const struct conclusion *run, const struct io_report *io)
{
    struct vec touches = vec_copy(set->arena, &run->tree.touches, sizeof(struct touch));
    struct io_sum sum = {0};
    size_t at = 0;
    VEC_SORT(&touches, struct touch, use_order);
    for (size_t i = 0; i < touches.count; i++) {
        const struct touch *touch = VEC_AT(&touches, struct touch, i);
        io_add(&sum, &touch->use->io);
        if (i + 1 < touches.count && use_order(touch, touch + 1) == 0)
            continue;
        add_file(set, io, &at, touch, &sum);
        sum = (struct io_sum){0};
    }
}

void report_add_run(struct columns *set, const struct conclusion *conclusion, const struct io_report *io)
{
    columns_table(set, "processes", processes);
    columns_table(set, "samples", samples);
    columns_table(set, "files", files);
    for (uint32_t i = 0; i < conclusion->tree.nodes.count; i++) {
        add(set, "processes", processes, process_json(set, conclusion, tree_node(&conclusion->tree, i)));
        add_samples(set, conclusion, i);
    }
    add_files(set, conclusion, io);
}
