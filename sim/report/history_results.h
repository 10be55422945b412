/* The history in the service's result file (6.3), or our own results.csv. */
#ifndef SIM_REPORT_HISTORY_RESULTS_H
#define SIM_REPORT_HISTORY_RESULTS_H

#include "sim/report/history.h"

/* Fill `out`, which is zeroed; on failure too it is the caller's to release.
 * Errors: ERR_IO; ERR_DATA: not such a file, with line and column. */
NODISCARD enum err_code history_read_results(struct history *out, const char *path, struct err *e);

#endif
