/* Figures in the units that users read: seconds, megabytes, per cent. */
#include "emit/log/log_usage.h"

#include "emit/entry.h"
#include "emit/json.h"

json_t *log_usage_percent(int64_t cpu_us, int64_t wall_ns)
{
    return cpu_us < 0 || wall_ns <= 0 ? json_null()
                                      : json_rounded((double)cpu_us * 1e5 / (double)wall_ns, 100);
}

static json_t *peak_percent(const struct resource_usage *usage)
{
    return usage->cpu_peak_permille < 0 ? json_null()
                                        : json_rounded((double)usage->cpu_peak_permille / 10, 10);
}

static json_t *mebibytes(const struct resource_usage *usage, uint64_t bytes)
{
    return usage->io_known ? json_rounded((double)bytes / 1048576, 1e6) : json_null();
}

static json_t *row_entry(const struct row *row)
{
    json_t *object = json_object();
    entry_set(object, "name", json_text(row->name));
    entry_set(object, "kind", json_string(row->by_span ? "span" : "process"));
    entry_set(object, "stage", json_text_or_null(row->stage));
    entry_set(object, "count", json_integer((json_int_t)row->count));
    entry_set(object, "total_seconds", json_seconds(row->total_ns));
    entry_set(object, "max_seconds", json_seconds(row->max_ns));
    entry_set(object, "memory_peak_mb", json_megabytes(row->peak_kb));
    entry_set(object, "success", json_flag(row->success));
    return object;
}

static json_t *rows_list(const struct resource_usage *usage)
{
    json_t *list = json_array();
    VEC_EACH (const struct row, row, &usage->rows)
        json_array_append_new(list, row_entry(row));
    return list;
}

static json_t *tasks_per_worker(const struct parallel *parallel)
{
    json_t *object = json_object();
    for (size_t i = 0; i < parallel->workers.count; i++) {
        char name[32];
        snprintf(name, sizeof name, "worker-%zu", i + 1);
        entry_set(object, name, json_integer(*VEC_AT(&parallel->workers, uint32_t, i)));
    }
    return object;
}

static json_t *parallel_section(const struct parallel *parallel)
{
    json_t *object = json_object();
    double average = parallel->span_ns > 0 ? (double)parallel->busy_ns / (double)parallel->span_ns : 0;
    double share = parallel->workers_max ? average / parallel->workers_max : 0;
    entry_set(object, "workers_max", json_integer(parallel->workers_max));
    entry_set(object, "workers_avg", json_rounded(average, 1000));
    entry_set(object, "utilisation", json_rounded(share > 1 ? 1 : share, 1000));
    entry_set(object, "tasks_total", json_integer(parallel->tasks));
    entry_set(object, "tasks_per_worker", tasks_per_worker(parallel));
    return object;
}

static void set_temp(json_t *object, const struct resource_usage *usage)
{
    json_t *left = json_array();
    VEC_EACH (const struct str, path, &usage->temp_left)
        json_array_append_new(left, json_text(*path));
    entry_set(object, "temp_files_created", json_integer((json_int_t)usage->temp_created));
    entry_set(object, "temp_files_cleaned", json_integer((json_int_t)usage->temp_cleaned));
    entry_set(object, "temp_files_left", left);
}

json_t *log_usage_section(const struct resource_usage *usage)
{
    json_t *object = json_object();
    entry_set(object, "duration_seconds", json_seconds(usage->duration_ns));
    entry_set(object, "memory_start_mb", json_megabytes(usage->memory_start_kb));
    entry_set(object, "memory_peak_mb", json_megabytes(usage->memory_peak_kb));
    entry_set(object, "memory_end_mb", json_megabytes(usage->memory_end_kb));
    entry_set(object, "cpu_percent_avg", log_usage_percent(usage->cpu_us, usage->duration_ns));
    entry_set(object, "cpu_percent_peak", peak_percent(usage));
    entry_set(object, "disk_io_read_mb", mebibytes(usage, usage->io.read_bytes));
    entry_set(object, "disk_io_write_mb", mebibytes(usage, usage->io.written_bytes));
    if (usage->io_known) {
        entry_set(object, "read_ops", json_integer((json_int_t)usage->io.read_ops));
        entry_set(object, "write_ops", json_integer((json_int_t)usage->io.write_ops));
    }
    set_temp(object, usage);
    entry_set(object, "operations", rows_list(usage));
    if (usage->parallel.tasks)
        entry_set(object, "parallel", parallel_section(&usage->parallel));
    return object;
}
