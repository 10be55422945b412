/* Rows as a table, for a statement that puts many of them in at once (a virtual table).
 *
 * "INSERT INTO turn SELECT a,b,c,d,e,f FROM given" is run once for all the turns in a block: SQLite
 * walks them itself, which costs it less than a statement a row. The columns are a, b, ... s, a
 * row's values in their order. The table is in no database: the connection it is offered to has
 * it, no other sees it.
 * Threads: its connection's.
 */
#ifndef SIM_STORE_GIVEN_H
#define SIM_STORE_GIVEN_H

#include "sim/store/rows.h"
#include "sim/store/sql.h"

/* What the table is: set it before a statement is run. */
struct given {
    const char *rows;   /* borrowed; from here, */
    const char *end;    /* to here, */
    enum rows_for what; /* those for this */
};

/* Let a connection have the table. `g` is borrowed until given_withdraw(), before which the
 * statements that read it are to be finalized. Errors: ERR_IO. */
NODISCARD enum err_code given_offer(struct given *g, sqlite3 *db, const char *path, struct err *e);
void given_withdraw(sqlite3 *db);

#endif
