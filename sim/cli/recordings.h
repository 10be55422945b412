/* What `replay` plays, read before a run. */
#ifndef SIM_CLI_RECORDINGS_H
#define SIM_CLI_RECORDINGS_H

#include "sim/job/dataset.h"
#include "sim/policy/recordings.h"

/* Read every record that the job's policy plays into `out`, which is zeroed, and find the rows of
 * both files in it. The policy, which was opened to be looked at, is then opened again in its
 * place: it now says what there is to play. On failure too all is the caller's to release. Errors:
 * ERR_IO, ERR_DATA. */
NODISCARD enum err_code recordings_of_job(struct recordings *out, struct policy **policy,
                                          const struct job *job, const struct dataset *train,
                                          const struct dataset *valid, struct diags *list,
                                          struct err *e);

#endif
