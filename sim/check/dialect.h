/* What one of the two services would refuse of a job that the other takes (GAP-41). */
#ifndef SIM_CHECK_DIALECT_H
#define SIM_CHECK_DIALECT_H

#include "sim/job/job.h"

enum dialect { DIALECT_BOTH, DIALECT_AZURE, DIALECT_OPENAI };

/* For the dialect that was asked for, each objection is a finding (J018 to J020). For both, only
 * what neither would take is: that one of them objects is told in `out`, a line that is appended,
 * such as "Azure; OpenAI has no method.reinforcement.tools". */
void dialect_check(const struct job *job, enum dialect dialect, struct diags *list,
                   struct buf *out);

#endif
