/* One grade of two samples: that of the rollout, and that under the other reading of output_tools
 * (GAP-28). For types that take their time; grader.c asks the others twice by itself.
 *
 * Threads: the grader's.
 */
#ifndef GRADER_TWICE_H
#define GRADER_TWICE_H

#include "grader/grader.h"

/* Begin both and end `x` when both are there: the first is the grade, the second's reward what it
 * is under `reading`. A second that is lost leaves that reading untold. */
void twice_start(struct grader *g, struct grading *x, const struct grader_input *in, int reading);
void twice_stop(struct grading *x);

#endif
