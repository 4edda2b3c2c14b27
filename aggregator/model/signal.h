/* What a rule saw: the one thing that rules/ hands on. */
#ifndef MODEL_SIGNAL_H
#define MODEL_SIGNAL_H

#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* What a rule's match means; the words are those of rules.json ("means"). */
#define SIGNAL_KINDS(X)                                                                                      \
    X(STAGE, "stage")           /* a stage begins, or (a process) lasts */                                   \
    X(STAGE_END, "stage_end")   /* the stage that is open ends */                                            \
    X(STAGE_SKIP, "stage_skip") /* the stage had nothing to do */                                            \
    X(OPERATION, "operation")   /* a process that is one attempt of a stage at a scene */                    \
    X(WORK, "work")             /* a helper process: a row of the timing breakdown */                        \
    X(FIX, "fix")               /* a call for help between two attempts */                                   \
    X(ATTEMPT, "attempt")       /* an attempt that happens inside the pipeline's own process */              \
    X(VALIDATION, "validation") /* a check whose outcome is known */                                         \
    X(OUTPUT, "output")         /* the result of an operation arrived */                                     \
    X(HINT, "hint")             /* names scene and number of the fix that follows */                         \
    X(RECOVERY, "recovery")     /* the pipeline mended something by itself */                                \
    X(CALL, "call")             /* a call of the Claude API that the program told of itself */               \
    X(VIDEO, "video")           /* from here to its end the thread works on that video */                    \
    X(FAULT, "error")           /* a line that tells of an error */

enum signal_kind {
#define SIGNAL_ENUM(name, word) SIGNAL_##name,
    SIGNAL_KINDS(SIGNAL_ENUM)
#undef SIGNAL_ENUM
};

struct signal_value {
    struct str name, value;
};

struct signal {
    enum signal_kind kind;
    int64_t at_ns, end_ns; /* equal for what takes no time; end NO_TIME: not in the recording */
    uint32_t video;        /* NONE: the run's */
    uint32_t node, tid;
    uint32_t batch;    /* of a line: the same for all that one write printed; 0: not known */
    bool whole_run;    /* says it of every video that the run works on */
    bool from_process; /* the signal is the process itself */
    bool from_path;
    bool untimely; /* a line that may have been printed long after what it tells of; timeline/ fills it in */
    struct str rule;  /* its id */
    struct str stage; /* "": the one that is open */
    struct str method, scene, name;
    struct str check; /* type of validation; "": none */
    struct str message, path;
    struct str output;        /* name of the file that an operation makes, or that arrived */
    struct str expects;       /* id of the rule whose output must come; "": none */
    struct str model;         /* what a call asked for; "": not said */
    int64_t number;           /* -1: none */
    int success;              /* -1: not known */
    uint32_t span;            /* index of the span that the signal is; NONE: it is none */
    int ended;                /* of a span: enum vl_span_end; -1: it has no end */
    bool from_note;           /* the program said so itself, when it was over */
    struct str reported_at;   /* of a note: the time-stamp that the program gave it; "": none */
    struct str category;      /* of its failure, as the program says; "": it does not */
    bool timed_out;           /* it failed because its time was up */
    bool skipped;             /* it ended well because there was nothing to do */
    struct vec errors, fixes; /* of struct str */
    struct str result;        /* JSON object: what it came to; "": not said */
    int64_t exit_status;      /* as said; -1: not */
    struct vec values;        /* of struct signal_value: for result_data */
    struct vec methods;       /* of struct signal_value: stage to method, for a fix */
    struct vec proofs;        /* of struct signal_value: stage to the rule that shows that a fix worked */
    struct str missing;       /* what to say where the expected output does not come */
    struct str recheck;       /* type of the validation that a repetition is; "": none */
};

#endif
