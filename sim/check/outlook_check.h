/* What is odd about the steps, evaluations and hours that a job comes to. */
#ifndef SIM_CHECK_OUTLOOK_CHECK_H
#define SIM_CHECK_OUTLOOK_CHECK_H

#include "sim/job/outlook.h"

/* Faults go to `list`: J022 to J024, J026, J027. */
void outlook_check(const struct outlook *o, const struct job *job, struct diags *list);

/* Append what was resolved, and what it comes to, each as one line without a newline. */
void outlook_schedule(const struct outlook *o, const struct job *job, struct buf *out);
void outlook_load(const struct outlook *o, struct buf *out);

#endif
