/* The database behind the history of a run, from which transcripts come. */
#ifndef SIM_REPORT_RUN_SOURCE_H
#define SIM_REPORT_RUN_SOURCE_H

#include <sqlite3.h>

#include "sim/report/history.h"

/* Open `file` for reading and set out->ops. Errors: ERR_IO; ERR_DATA: no run's database. */
NODISCARD enum err_code run_source_open(struct history *out, const char *file, struct err *e);

sqlite3 *run_source_db(const struct history *h);

#endif
