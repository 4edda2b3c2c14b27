/* Figures in the units that users read: seconds, megabytes, per cent. */
#include "emit/log/log_usage.h"

#include "emit/entry.h"
#include "emit/json.h"

json_t *figures_percent(int64_t cpu_us, int64_t wall_ns)
{
    return cpu_us < 0 || wall_ns <= 0 ? json_null()
                                      : json_rounded((double)cpu_us * 1e5 / (double)wall_ns, 100);
}

static json_t *peak_percent(const struct figures *figures)
{
    return figures->cpu_peak_permille < 0 ? json_null()
                                          : json_rounded((double)figures->cpu_peak_permille / 10, 10);
}

static json_t *mebibytes(const struct figures *figures, uint64_t bytes)
{
    return figures->io_known ? json_rounded((double)bytes / 1048576, 1e6) : json_null();
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

static json_t *rows_list(const struct figures *figures)
{
    json_t *list = json_array();
    VEC_EACH (const struct row, row, &figures->rows)
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

static void set_temp(json_t *object, const struct figures *figures)
{
    json_t *left = json_array();
    VEC_EACH (const struct str, path, &figures->temp_left)
        json_array_append_new(left, json_text(*path));
    entry_set(object, "temp_files_created", json_integer((json_int_t)figures->temp_created));
    entry_set(object, "temp_files_cleaned", json_integer((json_int_t)figures->temp_cleaned));
    entry_set(object, "temp_files_left", left);
}

json_t *figures_section(const struct figures *figures)
{
    json_t *object = json_object();
    entry_set(object, "duration_seconds", json_seconds(figures->duration_ns));
    entry_set(object, "memory_start_mb", json_megabytes(figures->memory_start_kb));
    entry_set(object, "memory_peak_mb", json_megabytes(figures->memory_peak_kb));
    entry_set(object, "memory_end_mb", json_megabytes(figures->memory_end_kb));
    entry_set(object, "cpu_percent_avg", figures_percent(figures->cpu_us, figures->duration_ns));
    entry_set(object, "cpu_percent_peak", peak_percent(figures));
    entry_set(object, "disk_io_read_mb", mebibytes(figures, figures->io.read_bytes));
    entry_set(object, "disk_io_write_mb", mebibytes(figures, figures->io.written_bytes));
    if (figures->io_known) {
        entry_set(object, "read_ops", json_integer((json_int_t)figures->io.read_ops));
        entry_set(object, "write_ops", json_integer((json_int_t)figures->io.write_ops));
    }
    set_temp(object, figures);
    entry_set(object, "operations", rows_list(figures));
    if (figures->parallel.tasks)
        entry_set(object, "parallel", parallel_section(&figures->parallel));
    return object;
}
