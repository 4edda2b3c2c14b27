/* What happened to files and processes, by wall time: what `vlagg io` prints. */
#ifndef MODEL_IO_REPORT_H
#define MODEL_IO_REPORT_H

#include "model/facts/facts.h"

struct io_file {
    struct str path;
    struct str renamed_to; /* empty: it was not */
    struct io_sum io;
};

struct io_process {
    uint32_t pid, ppid; /* ppid 0: not known */
    struct str argv;    /* words, each ended by NUL */
    bool ended;
    int exit_status, signal; /* signal 0: it ended by itself */
    bool instrumented;       /* else io is not known */
    struct io_sum io;
    struct kernel_io kernel_io;
    uint64_t max_rss_kb; /* 0: not known */
    bool cpu_known;
    uint64_t user_us, system_us;
    int64_t start_ns, end_ns; /* 0: not known */
};

/* Lists in the caller's arena, strings of the facts. */
struct io_report {
    struct vec files;     /* of struct io_file, by path */
    struct vec processes; /* of struct io_process, by start, then pid */
};

#endif
