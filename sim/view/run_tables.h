/* The tables of a run.db as they stand there (sim/store/schema.sql), each in a file of its name.
 *
 * Which tables and columns there are is asked of the database, so none is forgotten when the schema
 * grows; left out is only the index for searching. Bodies are unpacked. Rows come in the order of
 * their key.
 */
#ifndef SIM_VIEW_RUN_TABLES_H
#define SIM_VIEW_RUN_TABLES_H

#include <sqlite3.h>

#include "sim/view/sheet.h"

/* Errors: ERR_IO; ERR_DATA: a table's name is no name of ours. */
NODISCARD enum err_code run_tables_write(const struct stage *folder, enum sheet_format format,
                                         sqlite3 *db, struct err *e);

#endif
