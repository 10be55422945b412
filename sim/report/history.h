/* What happened in a run, in the one form that reports, verdicts and comparisons read, whatever it
 * was read from: our own run.db, the service's result file (6.3), or an eval export (6.6).
 *
 * Shape: rollouts stand in one array, wave after wave as they ran, in each wave by number (row's
 * place, then sample). An export is one wave, of validation. A result file has steps and nothing
 * below them: no waves, no rollouts, no rows.
 * What is not known is NAN in a double and -1 in a count; nothing is filled in for it.
 * Source: EV-4..EV-11, 6.1, 6.6.
 * Threads: pure data, one caller's.
 */
#ifndef SIM_REPORT_HISTORY_H
#define SIM_REPORT_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grader/grader.h"
#include "sim/base/err.h"
#include "sim/base/hist.h"
#include "sim/run/export.h"
#include "sim/run/outcome.h"
#include "sim/run/run.h"
#include "tools/kind.h"

enum history_source { HISTORY_RUN, HISTORY_RESULTS, HISTORY_EXPORT };

enum { HISTORY_PHASES = 2 }; /* by enum wave_phase */

/* A row of a dataset. */
struct history_row {
    size_t line;     /* in its file, from 1; of an export its number there, from 1 */
    uint64_t digest; /* of its content (sim/job/row_digest.h): pairs the rows of two runs */
};

struct history_file {
    char *path;               /* owned; as the job names it; NULL if it is not known */
    struct history_row *rows; /* owned */
    size_t n_rows;
};

/* Every rollout of one training step or one evaluation. */
struct history_wave {
    enum wave_phase phase;
    int step;    /* -1 of an export that does not say */
    size_t from; /* its rollouts: at[from..from + n), those that ended */
    size_t n;
    size_t n_planned; /* rows x samples; of an export how many it says it has */
    size_t n_samples; /* rollouts a row; of an export, of the row that has most */
    double seconds;   /* NAN if it did not end */
    bool complete;
};

struct history_rollout {
    int64_t id;           /* in its source */
    uint32_t wave;        /* index into waves */
    uint32_t row;         /* index into its phase's file.rows */
    uint32_t sample;      /* which of its row's in this wave, from 0 */
    uint8_t outcome;      /* enum outcome */
    bool answered;        /* with a text that is not empty */
    uint32_t flags;       /* enum grade_flag */
    int32_t n_turns;      /* -1 if it is not known */
    int32_t n_calls;      /* likewise; each call of a batch is one */
    int32_t n_failed;     /* of these */
    int32_t n_tool_turns; /* likewise, turns that made calls: a batch is one (3.7) */
    uint8_t verdict;      /* enum export_verdict: of an export, as recorded there */
    double reward;        /* NAN without one */
    double seconds;       /* from first turn to outcome */
    double grade_s;       /* of these in the grader */
    int64_t bytes;        /* that the policy wrote, arguments and answer; -1 if it is not known */
    char *why;            /* owned; what ended it, or what its flags mean; NULL if nothing */
};

/* A grader, or one of a multi's, as metrics tell them apart (MU-9). */
struct history_grader {
    char *key;  /* owned; what a multi calls it; NULL of the whole */
    char *type; /* owned; "" if it is not known */
    char *name; /* owned; likewise */
};

/* One tool in one phase. Of a result file n_ok and n_failed are sums over its steps, as far as
 * EV-8 tells, and the rest is not known. */
struct history_tool_sums {
    uint64_t n_ok;
    uint64_t n_failed;
    uint64_t n_requests; /* 0 if it is not known: an export does not tell of attempts */
    uint64_t kinds[TOOL_N_KINDS];
    struct hist latency; /* of calls that were sent; empty if it is not known */
    double output_bytes; /* of all calls together; NAN if it is not known */
    size_t first_failed; /* rollout, an index; SIZE_MAX if none */
};

struct history_tool {
    char *name; /* owned; the last, "", stands for calls to no tool of the job, if there were any */
    struct history_tool_sums of[HISTORY_PHASES];
};

/* The same tool in one row of a result file (EV-8, EV-9). */
struct history_tool_step {
    double n_ok;       /* successful calls, the sum over the step */
    double error_rate; /* failed / (successful + failed) */
    double n_failed;   /* worked out from these two; not known if every call failed (EV-8) */
    double latency_s;  /* mean of a call */
    double tokens;     /* mean of an output */
};

/* A grader, the whole or a part, in one row of a result file. */
struct history_grader_step {
    double mean[HISTORY_PHASES];      /* of the graded */
    int64_t n_graded[HISTORY_PHASES]; /* what a `_count` is: observations, not errors (EV-7) */
    double latency_s[HISTORY_PHASES]; /* mean of a grade */
    double errors[HISTORY_PHASES][GRADE_N_ERRORS]; /* share of the graded, by enum grade_error */
};

/* One row of the result file, or what it would be. */
struct history_step {
    int step;
    int64_t ended_at;       /* ns since 1970; -1 if it is not known */
    double train_mean;      /* of the graded */
    double train_penalised; /* the service's train_mean_reward, ungraded at -1 (EV-4) */
    double valid_mean;
    int valid_step; /* of the evaluation that valid_mean is of: 0 in the row of step 1 (EV-6); -1 */
    int64_t n_rollouts; /* all that ended; of a result file, worked out by EV-4, which fails where
                           the penalised mean is -1 or the number of graded is not there */
    int64_t n_graded;
    int64_t n_valid; /* likewise, of the evaluation */
    int64_t n_valid_graded;
    double sampling_s, training_s, eval_s, total_s;
    double completion_tokens; /* mean of a turn (EV-10) */
    double reasoning_tokens;
    double unresponsive; /* share of rollouts */
    double error_share;  /* of graded training rollouts, any error of the grader; of a result file
                            not known when errors of several kinds may have met in one grade */
    struct history_tool_step *tools[HISTORY_PHASES]; /* owned; n_tools each; NULL if unknown */
    struct history_grader_step *graders;             /* owned; n_graders; NULL if unknown */
};
struct history;

extern const struct history_step history_no_step; /* nothing is known of it */

/* Nothing is known of it; its tools and graders, of which `h` knows how many, are allocated. */
void history_step_init(const struct history *h, struct history_step *s);
void history_step_release(struct history_step *s);

/* Where transcripts come from: the open database or export behind a history. */
struct history_source_ops {
    /* One rollout as a document, the caller's (shape below). Errors: ERR_IO, ERR_DATA. */
    enum err_code (*transcript)(void *self, const struct history *h, size_t rollout, json_t **out,
                                struct err *e);
    void (*close)(void *self);
};

struct history {
    enum history_source source;
    char *path;           /* owned; as the user named it */
    char *title;          /* owned; "runs/catalog-20260101-120000", "Step 0" */
    char *model;          /* owned; NULL if not known */
    char *policy;         /* owned; the policy's type; NULL if it was the real model */
    bool tools_recorded;  /* it is a replay that called no tool: answers are those of its record */
    bool scores_recorded; /* it is one of which nothing was graded: rewards are those likewise */
    char *state;      /* owned; "done", "stopped", "failed", "killed", "running"; NULL: not known */
    char *started_at; /* owned; a time stamp; NULL if not known */
    json_t *job;      /* owned; the job as it ran, masked; NULL if not known */
    int64_t seed;     /* -1 if not known */
    int total_steps;  /* of the schedule; of a result file the last row's; 0 if not known */
    int max_steps;    /* max_episode_steps; 0 if not known */
    double pass_threshold;   /* of the grader; NAN if it has none */
    double service_rollouts; /* a step, that the service would make (EV-1), or of a result file
                                made, if all its rows agree; NAN if not known */
    struct history_file files[HISTORY_PHASES];

    struct history_wave *waves; /* owned */
    size_t n_waves;
    struct history_rollout *rollouts; /* owned */
    size_t n_rollouts;

    struct history_grader *graders; /* owned; the whole first, then a multi's */
    size_t n_graders;
    double *parts; /* owned; parts[rollout * (n_graders - 1) + i] is the reward of grader i + 1, NAN
                      of an ungraded rollout; NULL if there are none */

    struct history_tool *tools; /* owned */
    size_t n_tools;

    struct history_step *steps; /* owned; those that ended, by step */
    size_t n_steps;

    const struct history_source_ops *ops; /* NULL: there are no transcripts */
    void *self;
};

void history_release(struct history *h); /* fine on a zeroed one */

/* Open whatever `path` is: a run folder or its run.db, a result CSV, an eval export; files are told
 * apart by how they begin. On success release `out`. Errors: ERR_IO; ERR_DATA: it is none of these,
 * or broken: says where. */
NODISCARD enum err_code history_open(struct history *out, const char *path, struct err *e);

/* A rollout as a document:
 *
 *     {"id", "phase": "train" or "valid", "step", "row", "file", "line", "sample", "trace_id",
 *      "outcome", "reward": null or a number, "why", "seconds",
 *      "messages": the row's, if they are known,
 *      "turns": [{"text": null or what was said, "calls": [{"tool", "arguments", "output",
 *                 "output_bytes": when it was cut, "kind", "status", "latency_s",
 *                 "attempts": [{"status", "fault", "latency_s"}]}]}],
 *      "answer": null or the final text,
 *      "grade": {"type", "name", "reward", "passed": as recorded, "errors": [...], "seconds",
 *                "parts": [{"key", "type", "name", "reward", "errors", "seconds"}]}}
 *
 * What is not known is left out. Texts are masked. */
NODISCARD enum err_code history_transcript(const struct history *h, size_t rollout, json_t **out,
                                           struct err *e);

/* The folder of a run that may have been named by its run.db; the caller's. */
char *history_folder(const char *path);

/* "train.jsonl:17", of a rollout; the caller's. */
char *history_place(const struct history *h, size_t rollout);

const struct history_wave *history_wave_of(const struct history *h, size_t rollout);

/* The number of the tool of this name, which is added if there is none. For readers. */
size_t history_tool_of(struct history *h, const char *name);

/* What the recorded verdicts say of a pass_threshold that is not known: it is above `*low`, the
 * best reward that failed (-INFINITY if none did), and at most `*high`, the worst that passed
 * (INFINITY likewise). False if nothing was recorded, or no threshold agrees with it. */
bool history_threshold(const struct history *h, double *low, double *high);

#endif
