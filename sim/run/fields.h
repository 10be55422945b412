/* Fields that a grader's code or a policy reads and no row has. */
#ifndef SIM_RUN_FIELDS_H
#define SIM_RUN_FIELDS_H

#include "grader/grader.h"
#include "sim/job/dataset.h"
#include "sim/policy/policy.h"

/* Warn of each (P007), with the field of the first rows that is most like it. `g` was opened
 * unchecked. Reads rows until every field has been seen. */
void fields_check(const struct grader *g, const struct job *job,
                  const struct dataset *const *datasets, size_t n_datasets, struct diags *list);

/* The same of a policy (X008) for which such a field is an empty text, so that nobody else would
 * tell: a learner, which may be the checkpoint of another job. */
void fields_check_policy(const struct policy *p, const struct job *job,
                         const struct dataset *const *datasets, size_t n_datasets,
                         struct diags *list);

#endif
