/* Fields that a grader's code reads and no row has. */
#ifndef SIM_RUN_FIELDS_H
#define SIM_RUN_FIELDS_H

#include "grader/grader.h"
#include "sim/job/dataset.h"

/* Warn of each (P007), with the field of the first rows that is most like it. `g` was opened
 * unchecked. Reads rows until every field has been seen. */
void fields_check(const struct grader *g, const struct job *job,
                  const struct dataset *const *datasets, size_t n_datasets, struct diags *list);

#endif
