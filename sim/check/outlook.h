/* The steps, evaluations and hours that a job comes to, with what is odd about them (2.3, 2.4,
 * section 13). */
#ifndef SIM_CHECK_OUTLOOK_H
#define SIM_CHECK_OUTLOOK_H

#include "sim/job/schedule.h"

/* What the service would do, by the recorded rules; hours as two recorded jobs took (EV-12). */
struct outlook {
    struct schedule schedule;
    size_t n_valid;          /* rows */
    uint64_t train_rollouts; /* the service's, of all steps */
    uint64_t eval_rollouts;  /* of all evaluations */
    double hours_low, hours_high;
};

/* `n_train` is at least 1. */
struct outlook outlook_make(const struct job *job, size_t n_train, size_t n_valid);

/* Faults go to `list`: J022 to J024, J026, J027. */
void outlook_check(const struct outlook *o, const struct job *job, struct diags *list);

/* Append what was resolved, and what it comes to, each as one line without a newline. */
void outlook_schedule(const struct outlook *o, const struct job *job, struct buf *out);
void outlook_load(const struct outlook *o, struct buf *out);

#endif
