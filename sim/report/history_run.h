/* The history in a run folder, out of its run.db (sim/store/schema.sql). A run that is still going
 * on can be read: as far as it was recorded when the reading began. */
#ifndef SIM_REPORT_HISTORY_RUN_H
#define SIM_REPORT_HISTORY_RUN_H

#include "sim/report/history.h"

/* Fill `out`, which is zeroed; on failure too it is the caller's to release. `path` is the folder
 * or the database. Errors: ERR_IO; ERR_DATA: not a run's database, damaged, or of a newer version.
 */
NODISCARD enum err_code history_read_run(struct history *out, const char *path, struct err *e);

#endif
