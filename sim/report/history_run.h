/* The history in a run folder, or its run.db. */
#ifndef SIM_REPORT_HISTORY_RUN_H
#define SIM_REPORT_HISTORY_RUN_H

#include "sim/report/history.h"

/* Fill `out`, which is zeroed; on failure too it is the caller's to release.
 * Errors: ERR_IO; ERR_DATA: not a run's database, or one of a newer version. */
NODISCARD enum err_code history_read_run(struct history *out, const char *path, struct err *e);

#endif
