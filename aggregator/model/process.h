/* A process, put together from what it and its parent told: joined once (processes/join_processes.h), and
 * what all that shows processes rests on. Times are raw ticks; struct node of the tree has them in wall time.
 */
#ifndef MODEL_PROCESS_H
#define MODEL_PROCESS_H

#include "model/facts/facts.h"

enum end_known {
    END_UNKNOWN, /* it may still run, or nobody saw its end */
    END_OWN,     /* its own process_exit */
    END_REAPED   /* its parent's wait */
};

struct process {
    uint32_t row;  /* index of its struct recorded_process in the facts; NONE: known from its parent alone */
    uint32_t host; /* index in the facts */
    uint32_t pid;  /* as its parent knows it, else as itself */
    uint32_t own_pid; /* as it knows itself: another one where it began a PID namespace */
    uint32_t space;   /* struct process that began its PID namespace; NONE: that of the first processes */
    uint64_t start;   /* with host and own_pid the key of its row; 0: row is NONE */
    uint32_t parent;  /* index of struct process; NONE: not known or not recorded */
    uint32_t ppid;    /* 0: not known */
    const struct fact *spawn; /* by which its parent began it; NULL: not seen */
    struct vec images;    /* of struct image, by time; those not seen from inside are from spawn and exec */
    bool instrumented;    /* its last image was seen from inside */
    uint64_t begin_ticks; /* 0: not known */
    uint64_t end_ticks;   /* 0: not known; its own exit, or else when it was reaped */
    uint64_t reap_ticks;  /* end of the parent's wait; 0: not reaped */
    enum end_known end_known;
    int exit_status;       /* when end_known and signal is 0 */
    int signal;            /* that ended it; 0: none */
    bool core;             /* it dumped core */
    uint32_t killed_by;    /* index of the struct process whose kill() sent that signal; NONE */
    uint64_t killed_ticks; /* of that kill() */
    bool cpu_known;
    uint64_t user_us, system_us; /* its own: what its reaped children used is taken off */
    uint64_t max_rss_kb;         /* its own peak as far as that can be told; 0: not known */
    struct io_sum io;
    struct kernel_io kernel_io; /* with the children it waited for */
};

/* The image that it ended with, or NULL when nothing is known. */
static inline const struct image *process_last_image(const struct process *proc)
{
    return proc->images.count ? VEC_LAST(&proc->images, struct image) : NULL;
}

#endif
