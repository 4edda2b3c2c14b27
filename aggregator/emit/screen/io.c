/* One JSON object, or two tables. What is not known is null there and a dash here. */
#include "emit/screen/io.h"

#include "emit/text.h"

#include <inttypes.h>

static json_t *number(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *number_if(bool known, uint64_t value) { return known ? number(value) : json_null(); }

static json_t *seconds_if(bool known, uint64_t us)
{
    return known ? json_real((double)us / 1e6) : json_null();
}

static json_t *time_if(int64_t ns)
{
    char text[ISO_BYTES];
    if (!ns)
        return json_null();
    text_iso_utc(ns, text);
    return json_string(text);
}

static json_t *file_json(const struct io_file *file)
{
    json_t *o = json_object();
    json_object_set_new(o, "path", text_json(file->path));
    json_object_set_new(o, "renamed_to", file->renamed_to.len ? text_json(file->renamed_to) : json_null());
    json_object_set_new(o, "read_bytes", number(file->io.read_bytes));
    json_object_set_new(o, "written_bytes", number(file->io.written_bytes));
    json_object_set_new(o, "read_ops", number(file->io.read_ops));
    json_object_set_new(o, "write_ops", number(file->io.write_ops));
    return o;
}

static json_t *process_json(const struct io_process *row)
{
    const struct process *p = row->process;
    json_t *o = json_object();
    json_object_set_new(o, "pid", number_if(p->pid, p->pid));
    json_object_set_new(o, "ppid", number_if(p->ppid, p->ppid));
    json_object_set_new(o, "argv", text_json_words(row->argv));
    json_object_set_new(o, "exit_status",
                        number_if(p->end_known != END_UNKNOWN && !p->signal, (uint64_t)p->exit_status));
    json_object_set_new(o, "signal", number_if(p->signal, (uint64_t)p->signal));
    json_object_set_new(o, "read_bytes", number_if(p->instrumented, p->io.read_bytes));
    json_object_set_new(o, "written_bytes", number_if(p->instrumented, p->io.written_bytes));
    bool kernel = p->kernel_io.moved.read_ops > 0;
    json_object_set_new(o, "kernel_read_bytes", number_if(kernel, p->kernel_io.moved.read_bytes));
    json_object_set_new(o, "kernel_written_bytes", number_if(kernel, p->kernel_io.moved.written_bytes));
    json_object_set_new(o, "storage_read_bytes", number_if(kernel, p->kernel_io.storage_read_bytes));
    json_object_set_new(o, "storage_written_bytes", number_if(kernel, p->kernel_io.storage_written_bytes));
    json_object_set_new(o, "max_rss_kb", number_if(p->max_rss_kb, p->max_rss_kb));
    json_object_set_new(o, "user_seconds", seconds_if(p->cpu_known, p->user_us));
    json_object_set_new(o, "system_seconds", seconds_if(p->cpu_known, p->system_us));
    json_object_set_new(o, "start", time_if(row->start_ns));
    json_object_set_new(o, "end", time_if(row->end_ns));
    json_object_set_new(o, "instrumented", json_boolean(p->instrumented));
    return o;
}

int io_write_json(FILE *out, const struct io_report *report)
{
    json_t *files = json_array(), *processes = json_array();
    VEC_EACH (struct io_file, file, &report->files)
        json_array_append_new(files, file_json(file));
    VEC_EACH (struct io_process, p, &report->processes)
        json_array_append_new(processes, process_json(p));
    json_t *top = json_object();
    json_object_set_new(top, "files", files);
    json_object_set_new(top, "processes", processes);
    int failed = json_dumpf(top, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    json_decref(top);
    return failed || putc('\n', out) == EOF ? -1 : 0;
}

/* Words apart by spaces; control characters would spoil the table. */
static void print_words(FILE *out, struct str words)
{
    for (size_t i = 0; i < words.len; i++) {
        bool last = i + 1 == words.len && words.ptr[i] == 0;
        unsigned char c = (unsigned char)words.ptr[i];
        if (!last)
            putc(c < 0x20 || c == 0x7f ? ' ' : c, out);
    }
}

static void file_row(FILE *out, const struct io_file *file)
{
    fprintf(out, "%15" PRIu64 " %9" PRIu64 " %15" PRIu64 " %9" PRIu64 "  ", file->io.read_bytes,
            file->io.read_ops, file->io.written_bytes, file->io.write_ops);
    print_words(out, file->path);
    if (file->renamed_to.len)
        fputs(" -> ", out);
    print_words(out, file->renamed_to);
    putc('\n', out);
}

static void end_column(FILE *out, const struct process *p)
{
    if (p->signal)
        fprintf(out, "sig %-3d", p->signal);
    else if (p->end_known != END_UNKNOWN)
        fprintf(out, "%-7d", p->exit_status);
    else
        fprintf(out, "%-7s", "-");
}

static void number_column(FILE *out, int width, bool known, uint64_t value)
{
    if (known)
        fprintf(out, " %*" PRIu64, width, value);
    else
        fprintf(out, " %*s", width, "-");
}

static void process_row(FILE *out, const struct io_process *row)
{
    const struct process *p = row->process;
    number_column(out, 7, p->pid, p->pid);
    putc(' ', out);
    end_column(out, p);
    number_column(out, 12, p->cpu_known, (p->user_us + p->system_us) / 1000);
    number_column(out, 12, p->max_rss_kb, p->max_rss_kb);
    number_column(out, 15, p->instrumented, p->io.read_bytes);
    number_column(out, 15, p->instrumented, p->io.written_bytes);
    fputs("  ", out);
    print_words(out, row->argv);
    putc('\n', out);
}

int io_write_table(FILE *out, const struct io_report *report)
{
    fprintf(out, "%15s %9s %15s %9s  %s\n", "read bytes", "reads", "written bytes", "writes", "file");
    VEC_EACH (struct io_file, file, &report->files)
        file_row(out, file);
    fprintf(out, "\n%8s %-7s %12s %12s %15s %15s  %s\n", "pid", "status", "cpu ms", "peak kB", "read bytes",
            "written bytes", "program");
    VEC_EACH (struct io_process, p, &report->processes)
        process_row(out, p);
    return ferror(out) ? -1 : 0;
}
