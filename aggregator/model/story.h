/* What happened to one video, as logs.json will tell it. Integers only: rounding is emit's.
 *
 * Times are nanoseconds since 1970, UTC; NO_TIME: not in the recording. -1 stands for "not known" where a
 * number cannot be negative. Everything belongs to the tree's arena. */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

#include "model/call.h"
#include "model/self_report.h"
#include "model/signal.h"
#include "model/tree.h"

enum outcome {
    OUTCOME_SUCCESS, /* of a stage: completed */
    OUTCOME_FAILED,
    OUTCOME_TIMEOUT,
    OUTCOME_INTERRUPTED,
    OUTCOME_RUNNING,
    OUTCOME_SKIPPED /* stages only */
};

/* One row of the timing breakdown. */
struct row {
    struct str name, stage; /* stage "": none */
    uint64_t count;
    int64_t total_ns, max_ns;
    int64_t peak_kb;
    int success;  /* 0: one of them failed */
    bool by_span; /* calls, not processes */
};

/* How operations that ran side by side shared the time; tasks 0: there were none. */
struct parallel {
    uint32_t workers_max, tasks;
    int64_t busy_ns, span_ns;
    struct vec workers; /* of uint32_t: tasks of each worker, in the order they began */
};

/* A performance section. */
struct resource_usage {
    int64_t duration_ns;
    int64_t memory_start_kb, memory_peak_kb, memory_end_kb;
    int64_t memory_start_ns, memory_end_ns; /* when the first and the last of these was so */
    int64_t cpu_us;
    int64_t cpu_peak_permille; /* of one processor; 1000 is 100 % */
    bool io_known;
    struct io_sum io;
    uint64_t temp_created, temp_cleaned;
    struct vec temp_left; /* of struct str: paths */
    struct vec rows;      /* of struct row, by (stage, name) */
    struct parallel parallel;
};

/* What is known of an end that no text tells. */
struct evidence {
    bool killed_by_parent; /* it sent SIGKILL, and that ended it */
    bool killer_seen;
    bool failed_without_text; /* weighed last */
    int signal;               /* 0: none */
    uint64_t peak_kb;         /* 0: not known */
    int connect_error;        /* errno of its last connection; 0: none failed */
    bool stream_error;        /* a call of the API failed after HTTP 200 */
    struct str stop_reason;   /* of a call of the API; "": none */
};

/* One occurrence of an error. */
struct failure {
    struct str stage, scene; /* "": none */
    int64_t at_ns;
    struct evidence evidence;
    struct vec chain;             /* of struct str: exception lines, the one raised last at the end */
    struct vec others;            /* of struct str: further lines, the last printed first */
    struct str fallback;          /* what to say when no text tells */
    struct str trace;             /* "": none */
    bool passed;                  /* of a call of the API that was repeated: it explains no failure */
    const struct raise *raise;    /* the exception as the interpreter told of it; NULL */
    bool traced;                  /* a traceback in output told of it */
    uint32_t node;                /* process concerned; NONE */
    uint64_t count;               /* more than one: told so often at once; 0 is 1 */
    struct str rule;              /* that saw it; "": none */
    struct str reported_category; /* as the program says; "": it does not */
    uint32_t echo_of;             /* index of the failure that this one may only repeat; NONE */
    /* failures/diagnose fills in: */
    struct str message, category, fix;
    struct str pattern; /* text of the row of error patterns that says what it is; "": none */
    int8_t fixable, auto_recoverable;
    /* failures/group fills in: */
    uint64_t fingerprint;
};

/* One attempt of a stage at a scene (or at the whole video). */
struct attempt {
    struct str stage, scene, method;
    uint32_t number; /* from 1, within stage and scene */
    enum outcome outcome;
    int64_t start_ns, end_ns, last_ns;
    uint32_t failure; /* index in story->failures; NONE */
    uint32_t root;    /* run that it belongs to */
    bool recovery;    /* tried again without help */
    bool is_fix;      /* begins with a call for help */
    bool has_operation;
    bool timed;          /* a call: its start and end are known */
    bool reported;       /* the call that it was returned how it went */
    struct str rule;     /* that saw it */
    uint32_t node;       /* that printed or reported what is known of it */
    int64_t fix_number;  /* as the pipeline counts its fixes; -1 */
    int64_t exit_status; /* of the last process; -1 */
    struct str result;   /* JSON object: what its function returned; "" */
    struct str help;     /* the same of the fix that it begins with, where an operation follows */
    struct str output;   /* path of what it made; "" */
    struct vec nodes;    /* of uint32_t: its processes, helpers below them not counted */
    struct vec calls;    /* of uint64_t: keys of its calls */
    int64_t peak_kb, cpu_us;
    uint64_t key; /* the same in every fold */
    struct self_report report;
};

/* A stage's scene and how it ended. */
struct scene {
    struct str name;
    enum outcome outcome;
    uint32_t attempts;
    bool by_check; /* no attempt is known: the last check of it tells */
    int64_t duration_ns, exit_status;
    struct str output;
};

struct stage {
    struct str name, method;   /* method "": not known */
    struct str result, config; /* JSON objects: what its function returned, and was given; "" */
    struct str rule;           /* that first saw it; "": it follows from its attempts */
    enum outcome outcome;
    int64_t start_ns, end_ns; /* end NO_TIME: has none yet, or not in the recording */
    struct resource_usage usage;
    struct vec scenes;            /* of struct scene, in the order they were first seen */
    struct vec values;            /* of struct signal_value */
    struct vec validation_errors; /* of uint32_t: index in story->failures */
    uint32_t failure;             /* what made it fail; NONE */
    uint32_t retries;
};

struct check {
    int64_t at_ns;
    struct str type, stage, scene, rule; /* stage "": of none */
    uint32_t node;                       /* that was checked, or that checked; NONE */
    int success;
    bool recovery;
    uint32_t failure;   /* NONE: none */
    struct str message; /* used where no failure tells */
    struct vec errors;  /* of struct str: as the check itself gave them; used before both */
    struct vec fixes;   /* of struct str: that were applied before it */
    struct self_report report;
};

/* A fix that was tried against an error. */
struct repair {
    int64_t at_ns;
    struct str fix, stage, scene, rule;
    uint32_t failure; /* against which; NONE: not known */
    int worked;       /* -1: not known */
};

/* A stretch of time in which a process was held up because the API said that it had had enough. */
struct rate_limit_period {
    int64_t start_ns, end_ns, lost_ns; /* lost: in refused calls and in waits before they were repeated */
    struct str limit, stage;           /* limit "": the answers did not name it */
    uint32_t node, pid;
    uint64_t refused; /* calls */
    int64_t status;   /* of the first refusal */
    bool recovered;   /* the last repetition worked */
    bool retryable;   /* waiting helps: no spending cap */
    struct vec calls; /* of uint64_t: their keys */
};

/* Failures that are the same error: one variant a fingerprint. */
struct variant {
    uint64_t fingerprint;
    const struct failure *example; /* the first one, or the first with a traceback */
    uint64_t count;
    int64_t first_ns, last_ns;
    struct vec scenes; /* of struct str, in the order they were seen */
    struct vec nodes;  /* of uint32_t: processes concerned, in the order they were seen */
};

/* All variants of a category in a stage. */
struct group {
    struct str key; /* <stage>_<category>, <category> outside of all stages */
    struct str category;
    uint64_t count;
    int64_t first_ns, last_ns;
    struct vec variants; /* of struct variant, the most frequent first */
};

struct story {
    const struct video *video;
    struct vec stages;             /* of struct stage, by start */
    struct vec attempts;           /* of struct attempt, by (stage, start) */
    struct vec failures;           /* of struct failure, by time */
    struct vec calls;              /* of struct call, by start */
    struct vec rate_limit_periods; /* of struct rate_limit_period, by start */
    struct vec checks;             /* of struct check, by time */
    struct vec groups;             /* of struct group: failures that are the same error */
    struct vec repairs;            /* of struct repair, by time */
    struct resource_usage usage;
    int64_t first_ns, last_ns; /* of anything recorded */
    uint32_t processes;
    uint64_t events;
};

/* How the video fared, in a word: the worst of its stages; "no stage seen" where there is none. */
const char *story_status(const struct story *story);

/* Whether a call was refused for its rate; `failure`: why it failed, or NULL. */
bool call_rate_limited(const struct call *call, const struct failure *failure);

/* "success", "failed", "timeout", "interrupted", "running", "skipped"; of a stage "completed" for success. */
const char *outcome_word(enum outcome outcome);
const char *stage_word(enum outcome outcome);

#endif
