/* What `replay` plays, read before a run. */
#ifndef SIM_CLI_RECORDINGS_H
#define SIM_CLI_RECORDINGS_H

#include "sim/job/dataset.h"
#include "sim/policy/recordings.h"

/* Read every record that `policy` plays into `out`, which is zeroed, and find the rows of both
 * files in it; either may be NULL. On failure too `out` is the caller's to release. Errors: ERR_IO,
 * ERR_DATA. */
NODISCARD enum err_code recordings_read(struct recordings *out, const struct policy *policy,
                                        const struct dataset *train, const struct dataset *valid,
                                        struct err *e);

#endif
