/* A scripted policy's calls beside the job, also of one in a mixture: tools that it has not, and
 * more turns than there may be.
 */
#ifndef SIM_CHECK_SCRIPT_CALLS_H
#define SIM_CHECK_SCRIPT_CALLS_H

#include "sim/job/job.h"

/* Faults go to `list`: X009, X017. A recipient is written as a model would, and not looked at. */
void script_calls_check(const struct job *job, struct diags *list);

#endif
