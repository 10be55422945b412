/* The history in an eval export, of either shape (6.6). */
#ifndef SIM_REPORT_HISTORY_EXPORT_H
#define SIM_REPORT_HISTORY_EXPORT_H

#include "sim/report/history.h"

/* Fill `out`, which is zeroed; on failure too it is the caller's to release.
 * Errors: ERR_IO; ERR_DATA: not such a file, with line and column. */
NODISCARD enum err_code history_read_export(struct history *out, const char *path, struct err *e);

#endif
