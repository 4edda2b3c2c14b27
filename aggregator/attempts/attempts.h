/* What the files of this room give each other: steps become attempts, attempts a stage.
 *
 * A step is one thing that was done; attempts are put together from steps, and revised by what came after
 * them; a stage comes out as its attempts, validations and the process that led it say. Functions are named
 * after their file. */
#ifndef ATTEMPTS_ATTEMPTS_H
#define ATTEMPTS_ATTEMPTS_H

#include "timeline/video_context.h"

/* ---- Steps: what was done one by one, before it is put together to attempts. ---- */

enum step_kind { STEP_INSIDE, STEP_FIX, STEP_OPERATION };

struct step {
    enum step_kind kind;
    const struct signal *signal;
    int64_t start_ns, end_ns, last_ns; /* end NO_TIME: not in the recording */
    uint32_t root;
    struct str stage, scene, method;
    int64_t number;                /* of a fix, as the pipeline counts; -1 */
    const struct signal *reported; /* the call that it was part of, with what that returned; NULL */
};

/* All steps of the video (struct step), by start. */
struct vec step_find(struct video_context *t);

/* ---- The attempts of each stage at each scene: first attempt, calls for help, attempts again. ---- */

/* Fills the story's attempts, calls and checks, and the failures of what failed. Intervals must be there;
 * they are made to reach over the calls for help. */
void attempts_find(struct video_context *t);

/* ---- One story told once: a function's call and the process that it started, or the file that it wrote, are
 * one step. ---- */

/* Takes calls out of the steps (sorted) that only led to others of them; what they were given and returned
 * goes to those. Also takes out what is told by more exact steps: files written, and what the program said.
 */
void dedup_steps(struct video_context *t, struct vec *steps);

/* ---- How a step came out: from the process or the call that it was, and from what it should have made. ----
 */

/* How a process ended. */
enum outcome outcome_of_process(const struct video_context *t, uint32_t node);

/* Sets the outcome of an attempt by one of its steps, its failure and output as far as there are any, and its
 * process if the step is one. */
void outcome_decide(struct video_context *t, const struct vec *steps, const struct step *step,
                    struct attempt *attempt);

/* ---- The calls of one video's story, each in its place. ---- */

/* Gives the story its calls, each with stage and attempt, in the place of the runs of the claude program that
 * they are of; and the failures of those that failed. Intervals and attempts must be there. */
void place_calls(struct video_context *t);

/* Gives each attempt the keys of its calls, and the story its rate limit periods. */
void place_calls_settle(struct video_context *t);

/* ---- Checks whose outcome is known, and what was mended before them. ---- */

struct check *validations_add(struct video_context *t, int64_t at_ns, struct str type, struct str scene,
                              int success);

/* Adds the validations that signals tell of, each once, with the fixes that came before them. */
void validations_find(struct video_context *t);

/* Puts the checks in order and collects which fix was tried against which error, and whether it helped. */
void validations_settle(struct video_context *t);

/* ---- What became of attempts in the light of what came after them. ---- */

/* An attempt that went on inside the pipeline's process is judged by what came after it. */
void revise_inside(struct video_context *t, struct attempt *attempt);

/* What the pipeline said went wrong while an attempt was going on that nothing else explains. */
void revise_explain(struct video_context *t, struct attempt *attempt);

/* A fix that the stage could not use is a validation that failed. */
void revise_disproved(struct video_context *t);

/* ---- Joins what the program said of itself with what was seen of the same thing. ---- */

/* The report that a note is; `alone`: nothing else tells of it. */
struct self_report self_report_of(const struct signal *signal, bool alone);

/* Calls of the Claude API that the program told of: which of the story's calls they are. */
void match_reports_of_calls(struct video_context *t);

/* Attempts and checks that were seen, and that the program told of, too. */
void match_reports_find(struct video_context *t);

/* ---- Stages: their extent, scenes, figures and outcome. ---- */

/* Fills the story's stages from intervals and attempts, by start. */
void stages_conclude(struct video_context *t);

/* ---- A stage's outcome: from its attempts, its scenes, and how whoever led it ended. ---- */

/* What the last attempts of everything in it came to. */
struct tally {
    bool any, failed, timeout, interrupted, running, success;
    uint32_t failure;
};

/* Sets outcome and failure; the stage has its intervals, attempts and scenes. */
void stage_outcome_decide(struct video_context *t, struct stage *stage, const struct tally *tally);

#endif
