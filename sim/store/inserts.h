/* The statements that rows are for, prepared, and how rows are put in with them.
 *
 * Threads: its connection's.
 */
#ifndef SIM_STORE_INSERTS_H
#define SIM_STORE_INSERTS_H

#include "sim/store/given.h"

struct inserts {
    sqlite3 *db;      /* borrowed */
    const char *path; /* borrowed, for messages */
    struct given given;
    sqlite3_stmt *at[ROWS_N];
};

/* `*x` may not move. Errors: ERR_IO. Release it in any case, before the connection is closed. */
NODISCARD enum err_code inserts_init(struct inserts *x, sqlite3 *db, const char *path,
                                     struct err *e);
void inserts_release(struct inserts *x);

/* Put in rows, in the transaction that is open: those of ROWS_SINGLE in their order, then those of
 * ROWS_MANY table by table. Errors: ERR_IO: some may be in, so roll it back. */
NODISCARD enum err_code inserts_put(struct inserts *x, const char *rows, size_t len, struct err *e);

#endif
