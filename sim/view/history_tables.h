/* What is known of a run that has no run.db, the service's result file or an eval export, as
 * tables: waves, rollouts, parts, steps, step_tools, step_graders, tools, graders. A table without
 * rows is not written. What is not known is NULL.
 */
#ifndef SIM_VIEW_HISTORY_TABLES_H
#define SIM_VIEW_HISTORY_TABLES_H

#include "sim/report/history.h"
#include "sim/view/sheet.h"

/* Errors: ERR_IO. */
NODISCARD enum err_code history_tables_write(const struct stage *folder, enum sheet_format format,
                                             const struct history *h, struct err *e);

#endif
