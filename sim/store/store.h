/* The record of a run: run.db in its folder (schema.sql says what stands in it).
 *
 *     create, or open and match -> start -> for each wave: begin, rollouts, end; steps, events ->
 * end
 *
 * Rollouts are recorded as they end (record.h), and read back when the run goes on (recall.h). What
 * is told here is written by a thread of its own (writer.h), in the order in which it was told;
 * store_flush() waits until it is committed, and is told of failures, as is whoever asks
 * store_has_failed().
 * Threads: one caller's, but for store_rollout() and store_has_failed(), which are any thread's.
 */
#ifndef SIM_STORE_STORE_H
#define SIM_STORE_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "grader/grader.h"
#include "sim/job/dataset.h"
#include "sim/job/schedule.h"
#include "sim/run/run.h"

enum { STORE_PHASES = 2 }; /* by enum wave_phase */

/* What a run is. Borrowed for the call. */
struct store_run {
    const struct job *job;
    const json_t *options; /* of the command line, as schema.sql has them */
    const struct schedule *schedule;
    const struct grader *grader;
    const char *policy_type;
    const char *policy_note; /* of policy_note(), for the events; NULL if none */
    uint64_t seed;
    const struct dataset *files[STORE_PHASES];
    char *const *metrics; /* the names of results.csv's columns */
    size_t n_metrics;
};

/* What is recorded of a run that goes on. */
struct store_head {
    char *job_path;  /* owned; to open the job by: as it was named if that is still the same file */
    char *state;     /* owned */
    char *summary;   /* owned; NULL if it never ended */
    json_t *options; /* owned */
    int64_t seed;
    int n_steps;    /* of the schedule */
    int steps_done; /* that are recorded */
    uint64_t n_rollouts;
    double seconds; /* that waves were worked on */
};

struct store;

/* Make run.db in a folder that is there, with what the run is and the rows of its files. Errors:
 * ERR_IO; ERR_USAGE: it is there already; ERR_DATA: a row could not be read. On success `*out` is
 * the caller's. */
NODISCARD enum err_code store_create(struct store **out, const char *folder,
                                     const struct store_run *run, struct err *e);

/* Open the run.db of a folder to go on with its run. Errors: ERR_IO, also if another process is at
 * it. On success likewise. */
NODISCARD enum err_code store_open(struct store **out, const char *folder, struct err *e);
const struct store_head *store_head(const struct store *s);

/* Whether the run is still the one that is recorded: the job but for what changes no outcome, the
 * files' rows, the seed. Errors: ERR_JOB, ERR_DATA: names what is not; ERR_IO. */
NODISCARD enum err_code store_match(const struct store *s, const struct store_run *run,
                                    struct err *e);

/* Begin to write: one process more works on the run. `durable`: what is committed outlives a power
 * loss too. `n_threads` may call store_rollout. Errors: ERR_IO. */
NODISCARD enum err_code store_start(struct store *s, bool durable, size_t n_threads, struct err *e);

/* Tell the run what its models and hosts were asked before (run_add_spent, run_add_past). Once,
 * before the first wave. Errors: ERR_IO. */
NODISCARD enum err_code store_recall_spent(struct store *s, struct run *run, struct err *e);

/* A step has ended: a number for each metric, NAN where there is none. Handed over, and committed,
 * with the event that tells of it, which comes next: a run that goes on tells of neither again. */
void store_step(struct store *s, int step, const char *stamp, const double *values, size_t n);

/* The policy after a step is one of those that are kept, or is kept no longer. `policy` is its
 * state, NULL if it has none. */
void store_checkpoint(struct store *s, int step, double reward, const char *policy);
void store_checkpoint_out(struct store *s, int step);

/* Whether the policy after a step is kept, as of what is committed. Errors: ERR_IO. */
NODISCARD enum err_code store_keeps(const struct store *s, int step, bool *out, struct err *e);

/* A line of events.jsonl, without its newline. `more`: it is committed with what is told next. */
void store_event(struct store *s, const char *line, size_t len, bool more);

/* A wave begins. If it is known, what is recorded of it is put into it (recall.h), `*past_ns` is
 * the time that it was worked on and `*ended` whether it is complete. Errors: ERR_IO, ERR_DATA. */
NODISCARD enum err_code store_wave(struct store *s, struct wave *w, int64_t *past_ns, bool *ended,
                                   struct err *e);

/* The wave goes on: `now_ns` in it, in this process. */
void store_wave_time(struct store *s, int64_t now_ns);

/* Every rollout of the wave is recorded. With what was asked of models and hosts so far. Waits
 * until all of it is committed. Errors: ERR_IO. */
NODISCARD enum err_code store_wave_end(struct store *s, int64_t elapsed_ns, const struct run *run,
                                       struct err *e);

/* A rollout has ended: run_config.on_end. */
void store_rollout(struct store *s, const struct rollout_told *told);

NODISCARD enum err_code store_flush(struct store *s, struct err *e);
bool store_has_failed(const struct store *s);

/* The run has ended, as "done", "stopped" or "failed"; `why` and `run` may be NULL. Errors: ERR_IO.
 */
NODISCARD enum err_code store_end(struct store *s, const struct run *run, const char *state,
                                  const char *why, const char *summary, struct err *e);

void store_close(struct store *s); /* commits what was told; NULL is fine */

/* Steps and events as they are recorded, in order: for writing their files anew. `each` ends it by
 * returning an error. Errors: ERR_IO, and those of `each`. */
NODISCARD enum err_code store_each_step(struct store *s,
                                        enum err_code (*each)(void *arg, const char *stamp,
                                                              const double *values, struct err *e),
                                        void *arg, size_t n_metrics, struct err *e);
NODISCARD enum err_code store_each_event(struct store *s,
                                         enum err_code (*each)(void *arg, const char *line,
                                                               size_t len, struct err *e),
                                         void *arg, struct err *e);

#endif
