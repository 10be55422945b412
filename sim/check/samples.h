/* What templates read of the sample, which is the same for every row: paths that never lead
 * anywhere, graders that do not see the answer, or see a part of the calls (4.2, GAP-28, EV-15).
 */
#ifndef SIM_CHECK_SAMPLES_H
#define SIM_CHECK_SAMPLES_H

#include <stdbool.h>

#include "grader/grader.h"

/* `has_calls`: the model can call tools at all. Faults go to `list`: X002, X003, X006, X007, J025.
 */
void samples_check(const struct grader *g, const struct job *job, bool has_calls,
                   struct diags *list);

#endif
