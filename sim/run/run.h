/* Many rollouts on the engines: a wave at a time, and the result the same for any number of
 * threads.
 *
 * A wave is every rollout of one training step or one evaluation, numbered row by row. Engine
 * threads take the numbers in order, each keeps its share of `concurrency` in flight, and what
 * came of number i is put at ends[i]. Nothing but ends[] comes out of a wave, so whoever adds it
 * up does so in the order of the numbers.
 * Threads: one caller's thread; the engines' threads are run's own.
 */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "grader/grader.h"
#include "sim/job/dataset.h"
#include "sim/run/outcome.h"
#include "sim/run/target.h"
#include "sim/run/tokens.h"
#include "tools/tool.h"

enum wave_phase { WAVE_TRAIN, WAVE_VALID };

/* One tool call, as it is remembered. */
struct call_record {
    int64_t latency_ns;    /* of the last attempt */
    uint32_t output_bytes; /* of what the model was shown */
    uint16_t tool;         /* index into the job's tools; RUN_NO_TOOL if it has none of this name */
    uint16_t status;       /* HTTP status of the last attempt; 0 if none came */
    uint8_t kind;          /* enum tool_kind */
    uint8_t attempts;
    uint8_t warnings; /* enum tool_warning */
};

enum { RUN_NO_TOOL = UINT16_MAX };

/* How one rollout ended. */
struct rollout_end {
    bool started;
    bool answered;     /* with a text that is not empty */
    bool misaddressed; /* it ended at a call addressed wrongly, which is not in `calls` (GAP-52) */
    enum outcome outcome;
    unsigned grade_flags; /* enum grade_flag */
    unsigned grade_notes; /* enum grade_note_bit */
    struct grade_noted noted[GRADE_N_NOTES];
    int n_turns;
    double reward;    /* of a graded outcome */
    int64_t grade_ns; /* from asking the grader to its answer */
    size_t row;       /* number in the dataset */
    size_t line;      /* in its file */
    char trace_id[TOOL_ID_ROOM];
    char *why;    /* owned; what ended it, or what the grade's flags mean; NULL if nothing */
    char *sample; /* owned; what graders saw, as JSON; NULL if it came to no grade, or it is not to
                     be kept */
    json_t *told; /* owned; how the grade came about (grader_start), of one that was given up not
                     all of it; NULL likewise */
    struct call_record *calls; /* owned; in the order they were made */
    size_t n_calls;
    struct tokens tokens; /* of its turns, as far as they were told */
    struct drift *drifts; /* owned; answers that are not the recorded ones (drift.h) */
    size_t n_drifts;
    size_t n_compared; /* answers that were compared; not those of a rollout that was recalled */
    uint8_t
        *choices; /* owned; policy_turn.choice of each of its turns; NULL if no learner took them */
};

struct wave {
    enum wave_phase phase;
    int step;
    const struct dataset *dataset;
    const size_t *rows; /* borrowed: numbers in the dataset */
    size_t n_rows;
    size_t n_samples; /* rollouts a row */
    size_t first;     /* the number that ends[0] has in random streams: a part of a wave, rolled
                         out alone, draws what it draws there */
    size_t sample;    /* of the rollout ends[0], among its row's: as `first` */
    struct rollout_end *ends; /* owned; n_rows * n_samples; number = row's place * n_samples + s */
    /* What a multi's graders said of number i: at[i * n_parts], of a graded rollout. Made by
     * run_prepare() in one piece, so that a grade need not allocate it. */
    size_t n_parts;
    struct grade_part *parts; /* owned; NULL if the grader has no parts */
    /* The reward of number i under each of `readings` (bits): others[i * n_others + k], in the
     * order of the bits; NAN where it is not known. Made likewise. */
    unsigned readings;
    size_t n_others;
    double *others;    /* owned; NULL if there are none */
    size_t n_recalled; /* rollouts that were known before: `started` is set, they are left alone */
    double pass_threshold; /* of the job's grader; NAN if it has none */
};

/* Keep what a grade has beside its reward. */
void wave_note_others(struct wave *w, size_t number, const struct grade *grade);

void wave_init(struct wave *w, size_t n_rows, size_t n_samples);
void wave_release(struct wave *w);

/* One attempt of a call that took more than one, or was given up after its first. */
struct attempt_record {
    uint32_t call; /* index into rollout.calls */
    int64_t latency_ns;
    uint16_t status; /* 0 if none came */
    uint8_t kind;    /* enum tool_kind */
};

struct policy_turn;
struct rollout;

/* A rollout that has ended, with its texts. Borrowed for the call. */
struct rollout_told {
    size_t worker; /* number of the engine thread */
    const struct wave *wave;
    size_t number;
    const struct rollout_end *end;         /* its own: wave->ends[number] */
    const struct rollout *rollout;         /* but for `why`, which is in `end` */
    const struct attempt_record *attempts; /* call by call, in order */
    size_t n_attempts;
    int64_t duration_ns; /* from first turn to outcome */
};

/* A call as it is told while it happens (-v). Borrowed for the call. */
struct call_told {
    const char *trace_id;
    size_t line;
    const struct policy_call *call; /* its output is not set yet */
    const struct target *target;    /* may be NULL */
    bool played;                    /* not made: what was recorded of it, in a replay */
    bool misaddressed; /* not executed, and the rollout ends: nothing below is set (GAP-52) */
    enum tool_kind kind;
    enum tool_text text; /* whose words `output` is */
    int attempts;
    int status;
    int64_t latency_ns;
    const struct buf *output;
};

struct learned;

struct run_config {
    const struct job *job;
    uint64_t seed;
    int threads;     /* at least 1 */
    int concurrency; /* rollouts wished in flight, at least 1 */
    size_t files;    /* descriptors that may be open at once; concurrency is capped by it */
    /* Called on engine threads, one at a time or not; NULL for none. */
    void (*on_call)(void *arg, const struct call_told *told);
    void *arg;
    /* Called once for each rollout of a wave that was not cancelled, on the thread that had it,
     * once it has ended; NULL for none. It may wait, and all rollouts of its thread then do. */
    void (*on_end)(void *end_arg, const struct rollout_told *told);
    void *end_arg;
    /* Called on engine threads for each turn, before anything comes of it; NULL for none. */
    void (*on_turn)(void *turn_arg, const struct policy_turn *turn);
    void *turn_arg;
    bool tell_grades;        /* in rollout_end.told: not for many, as all is worked out twice */
    bool keep_samples;       /* in rollout_end.sample */
    struct learned *learned; /* that a learner on any thread draws from; changed between waves only;
                                NULL: there is no learner */
    const struct recordings *recordings; /* that the policy plays; NULL for none */
};

struct run_progress {
    size_t n_done; /* rollouts of the wave that ended */
    size_t n_total;
    uint64_t n_calls; /* tool calls settled since run_new */
};

struct run;

/* Start the threads. The job outlives the run; its grader was opened before, and checked. Errors:
 * ERR_JOB (policy or grader, faults in `list`), ERR_IO. */
NODISCARD enum err_code run_new(struct run **out, const struct run_config *config,
                                struct diags *list, struct err *e);
void run_free(struct run *r); /* NULL is fine */

int run_concurrency(const struct run *r); /* rollouts in flight at most */
int run_threads(const struct run *r);

/* Make a connection to every distinct host of a tool, a grader or the policy, sending nothing.
 * Errors: ERR_NET, with a fault (N001) for each host in `list`. */
NODISCARD enum err_code run_reach(struct run *r, struct diags *list, struct err *e);

/* What rollouts never ask anybody for, enum policy_spares. */
unsigned run_spares(const struct run *r);

/* The hosts of tools, graders and the policy, with what was measured so far. Between waves. */
const struct hosts *run_hosts(const struct run *r);

/* What the threads' graders asked of a model: of grader_at() number `i`. False if it asks none.
 * Between waves. */
bool run_spent(const struct run *r, size_t i, struct grader_spent *out);

/* Make what a wave holds beside `ends`: parts and others, as the job's grader has them. Between
 * wave_init() and run_wave(). */
void run_prepare(const struct run *r, struct wave *w);

/* What was asked of models and hosts before, by other processes of the same run, so that it is told
 * of along with what is asked now. Hosts that have a tool are told of by the calls of recalled
 * rollouts instead. Before the first wave. */
void run_add_past(struct run *r, size_t host, uint64_t n_requests); /* of run_hosts() */
void run_add_spent(struct run *r, size_t i, const struct grader_spent *past);
void run_add_recalled(struct run *r, const struct wave *w);

/* Run one wave to its end, but for rollouts that were recalled. `tick` is called about ten times a
 * second on this thread; once it returns false, rollouts in flight are cancelled and no more are
 * started. Errors: ERR_STOPPED (tick said so), ERR_NET (a host is gone), ERR_IO or ERR_DATA (a row
 * could not be read); ends[] then holds what was done. */
NODISCARD enum err_code run_wave(struct run *r, struct wave *w,
                                 bool (*tick)(void *arg, const struct run_progress *p), void *arg,
                                 struct err *e);

#endif
