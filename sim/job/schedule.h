/* From a job and the number of its rows to steps, batches, rollouts and evaluations.
 *
 * Steps are counted from 1; step 0 is the evaluation before any update exists (ST-5). A step takes
 * the next `batch_size` rows in file order, running on through the ends of epochs so that no row is
 * dropped; only the last step may be short. With more batch than rows a row may stand in one step
 * more than once, as a group of its own each time.
 * Source: contract 2.3, 2.4 and section 13 (EV-1, EV-2, EV-3, EV-6), GAP-3 for what "auto" means.
 * Threads: pure functions.
 */
#ifndef SIM_JOB_SCHEDULE_H
#define SIM_JOB_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/job/job.h"

struct schedule {
    size_t n_rows; /* of the training file, at least 1 */
    int batch_size;
    int n_epochs;
    int eval_interval;
    int eval_samples;
    double compute_multiplier;
    uint64_t n_steps;
    uint64_t service_rollouts_per_step; /* of a whole batch: what the service would run (EV-1) */
    uint64_t group_size;                /* rollouts of one row in one step, here */
};

/* `n_rows` is at least 1. */
struct schedule schedule_make(size_t n_rows, const struct job_hyper *hyper,
                              const struct job_simulation *sim);

/* How many rows step 1..n_steps takes: batch_size, or fewer in the last one. */
size_t schedule_batch_rows(const struct schedule *s, uint64_t step);

/* The row (from 0, in file order) that stands at place 0..schedule_batch_rows - 1 of a step, and
 * the epoch (from 1) that it belongs to. */
size_t schedule_row(const struct schedule *s, uint64_t step, size_t place);
uint64_t schedule_epoch(const struct schedule *s, uint64_t step, size_t place);

/* Rollouts of one row in one step, as the service would make them (EV-1). */
uint64_t schedule_service_group(const struct schedule *s);

/* Rollouts of one step, and of all of them, here. */
uint64_t schedule_step_rollouts(const struct schedule *s, uint64_t step);
uint64_t schedule_train_rollouts(const struct schedule *s);

/* Whether an evaluation follows step 0..n_steps, and how many there are in all. */
bool schedule_evaluates(const struct schedule *s, uint64_t step);
uint64_t schedule_evaluations(const struct schedule *s);

#endif
