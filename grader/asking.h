/* What graders that ask somebody over HTTP share: a grade under way, and its loss.
 *
 * A question that is given up loses its grade: it has a flag, its reason, and no reward (4.9,
 * GAP-27). A grade's task is its struct ask, whose owner is the grading.
 * Threads: the engine's.
 */
#ifndef GRADER_ASKING_H
#define GRADER_ASKING_H

#include "grader/grader.h"
#include "sim/net/ask.h"

struct asking {
    struct asker asker; /* first: an ask leads to it */
    enum grade_flag lost_flag;
};

/* Open it as `config` has it, but for how often and how long a grader asks, and what is done in
 * the end. */
void asking_open(struct asking *a, struct asker_config *config, enum grade_flag lost_flag,
                 const struct job *job, const struct grader_context *context);
void asking_close(struct asking *a); /* fine on a zeroed one */

/* The task of a grade, with an empty body to fill for ask_send(). Ends with grading_done(). */
struct ask *asking_begin(struct asking *a, struct grading *x);
void asking_stop(struct grading *x); /* for grader_ops.stop */
void asking_refuse(struct ask *a);   /* nothing is sent: the grade in out is settled */

struct grading *asking_of(const struct ask *a);

#endif
