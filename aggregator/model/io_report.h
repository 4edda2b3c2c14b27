/* What happened to files and processes, by wall time: what `vlagg io` prints. */
#ifndef MODEL_IO_REPORT_H
#define MODEL_IO_REPORT_H

#include "model/process.h"

struct io_file {
    struct str path;
    struct str renamed_to; /* empty: it was not */
    struct io_sum io;
};

struct io_process {
    const struct process *process;
    struct str argv;          /* words, each ended by NUL */
    int64_t start_ns, end_ns; /* 0: not known */
};

/* Lists in the caller's arena with their processes, strings of the facts. */
struct io_report {
    struct vec files;     /* of struct io_file, by path */
    struct vec processes; /* of struct io_process, by start, then pid */
};

#endif
