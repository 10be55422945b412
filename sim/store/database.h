/* run.db as a file: made, opened, and brought up to the schema of this program.
 *
 * Threads: one caller's.
 */
#ifndef SIM_STORE_DATABASE_H
#define SIM_STORE_DATABASE_H

#include "sim/store/sql.h"

/* Make a database with every table, empty. It is in a transaction that the caller is to end, so
 * that there is all of what it was made for or nothing. Errors: ERR_IO; ERR_USAGE: `path` is there
 * already. On success close `*out` with database_close(). */
NODISCARD enum err_code database_create(sqlite3 **out, const char *path, struct err *e);

/* Open one to go on writing; an older schema is brought up to this program's. `*out` likewise.
 * Errors: ERR_IO: it is not there, is damaged, cannot be written, is another program's, is from a
 * newer rftsim, or holds no run. Whatever was wrong, nothing was changed. */
NODISCARD enum err_code database_open(sqlite3 **out, const char *path, struct err *e);

/* Open one for reading alone, be it that of a run that goes on, or in a folder that may not be
 * written to. `*out` likewise. Errors: as for database_open. */
NODISCARD enum err_code database_view(sqlite3 **out, const char *path, struct err *e);

/* A second connection that only reads, to a database that is open. */
NODISCARD enum err_code database_read(sqlite3 **out, const char *path, struct err *e);
void database_close(sqlite3 *db); /* NULL is fine */

/* For tests: bring an open database, in a transaction, to `version` from the one before. */
NODISCARD enum err_code database_upgrade(sqlite3 *db, const char *path, int version, struct err *e);

#endif
