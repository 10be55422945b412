/* The thread that puts rows into the database.
 *
 * Anybody hands it parcels of rows; each is committed whole, in the order in which they came, many
 * in one transaction: once WRITER_BATCH have gathered, or the first has waited for WRITER_WAIT_MS,
 * or somebody waits in writer_flush(). What waits is bounded, so who is faster than the disk waits.
 *
 * After a failure nothing more is written: what was committed stays, what comes is dropped, and
 * everybody is told from then on.
 * Threads: any, but new and free, which are one caller's.
 */
#ifndef SIM_STORE_WRITER_H
#define SIM_STORE_WRITER_H

#include <sqlite3.h>
#include <stdbool.h>

#include "sim/base/err.h"
#include "sim/store/rows.h"

enum {
    WRITER_BATCH = 1000,
    WRITER_WAIT_MS = 50,
    WRITER_WAITING = 8 * WRITER_BATCH, /* parcels that may wait, */
    WRITER_WAITING_BYTES = 64 << 20,   /* and what they may hold */
};

struct writer;

/* Start it. The connection is the thread's until writer_free; `path` is borrowed, for messages.
 * Errors: ERR_IO. */
NODISCARD enum err_code writer_new(struct writer **out, sqlite3 *db, const char *path,
                                   struct err *e);

/* Hand over rows (ended, then copied, in one piece). Waits while there is no room. */
void writer_put(struct writer *w, struct rows *rows);

/* Wait until all that was put before is committed. Errors: what the thread failed with. */
NODISCARD enum err_code writer_flush(struct writer *w, struct err *e);

bool writer_has_failed(const struct writer *w);

void writer_free(struct writer *w); /* commits what waits, and joins it; NULL is fine */

#endif
