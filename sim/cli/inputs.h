/* What commands that take a JOB read before they do anything, and how its faults are shown. */
#ifndef SIM_CLI_INPUTS_H
#define SIM_CLI_INPUTS_H

#include "sim/job/dataset.h"
#include "sim/job/job.h"

/* Open both files of a job, the second even if the first has faults: one look shows all. Both are
 * the caller's, NULL where there was a fault. Errors: those of dataset_open(). */
NODISCARD enum err_code inputs_datasets(struct dataset **train, struct dataset **valid,
                                        const struct job *job, struct diags *list, struct err *e);

/* What --file says: "train", which is what NULL means too, or "valid". Errors: ERR_USAGE. */
NODISCARD enum err_code inputs_check_file(const char *file, struct err *e);
bool inputs_is_valid(const char *file);

/* What --row says: the number of the row on a line. Errors: ERR_USAGE, there is none on it. */
NODISCARD enum err_code inputs_row(size_t *number, const struct dataset *d, size_t line,
                                   struct err *e);

/* Show the faults so far on standard error, all when something failed, else the warnings unless
 * `quiet`. `list` is then empty. */
void inputs_tell(struct diags *list, bool failed, bool quiet);

#endif
