/* The job's grader on an engine of its own: what `rftsim grade` works with, for one grade or for
 * many of them under way at once.
 *
 * Threads: the caller's; grades are waited for.
 */
#ifndef SIM_RUN_LAB_H
#define SIM_RUN_LAB_H

#include "grader/grader.h"

struct lab;

/* Of a sample that is of no rollout. */
#define LAB_TRACE_ID "trace_00000000000000000000000000000000"

/* On success `*out` is the caller's; the job outlives it. Errors: ERR_JOB (faults in `list`),
 * ERR_IO. */
NODISCARD enum err_code lab_new(struct lab **out, const struct job *job, struct diags *list,
                                struct err *e);
void lab_free(struct lab *l); /* NULL is fine */

/* Grade, and wait for it. `facts` is NULL or gets how it came about (grader_start). Of `out`, parts
 * is NULL: `facts` tells of them. */
void lab_grade(struct lab *l, const struct grader_input *in, json_t *facts, struct grade *out);

/* Many grades: where they come from, and where they go. */
struct lab_work {
    size_t most; /* under way at once, at least 1 */

    /* The next to grade. What `in` points to is borrowed until the call after this; `*mark` comes
     * back with the grade. `*have` false: there are no more. A failure ends it all, when what is
     * under way has come in. */
    enum err_code (*next)(void *arg, struct grader_input *in, void **mark, bool *have,
                          struct err *e);

    /* What came of them, in the order of next(). `out` is NULL after a failure of this function:
     * nothing came, and the mark is to be freed. */
    enum err_code (*graded)(void *arg, void *mark, const struct grade *out, struct err *e);
    void *arg;
};

/* Errors: those of the two functions. */
NODISCARD enum err_code lab_run(struct lab *l, const struct lab_work *work, struct err *e);

/* The grader, borrowed. */
const struct grader *lab_grader(const struct lab *l);

#endif
