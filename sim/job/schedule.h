/* The plan of a job: steps, batches, evaluations. Pure arithmetic, instant.
 *
 * What the user left to the service is resolved here, where the number of rows is known (GAP-3,
 * EV-3). Source: EV-1, EV-2, EV-3, EV-6, ST-5, GAP-2, GAP-3, GAP-6.
 */
#ifndef SIM_JOB_SCHEDULE_H
#define SIM_JOB_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/job/job.h"

struct schedule {
    size_t n_rows;  /* training rows, at least 1 */
    int batch_size; /* rows a step; may be more than n_rows */
    int n_epochs;
    int eval_interval; /* steps */
    int eval_samples;  /* rollouts a validation row */
    double compute_multiplier;
    int total_steps;               /* ceil(n_epochs * n_rows / batch_size) (EV-2) */
    int rollouts_per_row;          /* ours: at least 1 */
    int service_rollouts_per_step; /* B * floor(512 * compute_multiplier / B) (EV-1) */
};

void schedule_init(struct schedule *s, const struct job_hyper *hyper, int rollouts_per_step,
                   size_t n_rows);

/* Put the rows of a step (from 1) into rows[batch_size]: file order, running on over the end of an
 * epoch (GAP-6). Returns how many: batch_size, or fewer in the last step. */
size_t schedule_rows(const struct schedule *s, int step, size_t *rows);

/* Whether an evaluation follows the step; one at step 0 always comes before the first (ST-5). */
bool schedule_evaluates(const struct schedule *s, int step);

#endif
