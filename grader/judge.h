/* Which model a grader asks, and with which parameters: `model` and `sampling_params` (4.5). */
#ifndef GRADER_JUDGE_H
#define GRADER_JUDGE_H

#include "grader/grader.h"

/* Find who answers for the spec's `model`, in simulation.grader_models. NULL after a fault, which
 * is a warning if the job is checked as the service gets it and names nobody; a name that no
 * documentation has is warned about. `stub` is what a stub would be for this grader,
 * "score: 0.5". */
const struct job_grader_model *judge_find(const struct grader_spec *spec,
                                          const struct grader_context *context, const char *stub,
                                          struct diags *list);

/* Read sampling_params and append them as members of a request, each behind a comma, by the names
 * that the API has for them. */
void judge_params(const struct grader_spec *spec, enum job_model_api api, struct buf *out,
                  struct diags *list);

#endif
