/* SQLite with our errors.
 *
 * Threads: a connection belongs to one thread at a time (it is opened without a mutex).
 */
#ifndef SIM_STORE_SQL_H
#define SIM_STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"

/* Record what the last call on `db` failed with, ERR_IO: a full disk, a damaged file and a folder
 * that cannot be written are told as such, with what to do. `path` is the database's. */
enum err_code sql_fail(struct err *e, sqlite3 *db, const char *path);

/* Run statements that give no rows. Errors: ERR_IO. */
NODISCARD enum err_code sql_run(sqlite3 *db, const char *path, const char *sql, struct err *e);

/* Errors: ERR_IO. Finalize `*out`, which is NULL after an error, with sqlite3_finalize(). */
NODISCARD enum err_code sql_prepare(sqlite3_stmt **out, sqlite3 *db, const char *path,
                                    const char *sql, struct err *e);

/* The next row of a statement: `*have` says whether there is one. Errors: ERR_IO. */
NODISCARD enum err_code sql_next(sqlite3_stmt *stmt, const char *path, bool *have, struct err *e);

/* The one number that a statement gives; 0 if it gives none. Errors: ERR_IO. */
NODISCARD enum err_code sql_number(int64_t *out, sqlite3 *db, const char *path, const char *sql,
                                   struct err *e);

/* A column's text: the caller's, NULL if it is NULL; borrowed until the next row, "" if NULL. */
char *sql_text(sqlite3_stmt *stmt, int column);
const char *sql_peek(sqlite3_stmt *stmt, int column);

#endif
