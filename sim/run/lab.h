/* The job's grader on an engine of its own, for one grade after another: what `rftsim grade` works
 * with.
 *
 * Threads: the caller's; a grade is waited for.
 */
#ifndef SIM_RUN_LAB_H
#define SIM_RUN_LAB_H

#include "grader/grader.h"

struct lab;

/* On success `*out` is the caller's; the job outlives it. Errors: ERR_JOB (faults in `list`),
 * ERR_IO. */
NODISCARD enum err_code lab_new(struct lab **out, const struct job *job, struct diags *list,
                                struct err *e);
void lab_free(struct lab *l); /* NULL is fine */

/* Grade, and wait for it. `facts` is NULL or gets how it came about (grader_start). Of `out`, parts
 * is NULL: `facts` tells of them. */
void lab_grade(struct lab *l, const struct grader_input *in, json_t *facts, struct grade *out);

#endif
