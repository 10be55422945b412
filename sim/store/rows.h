/* Rows for the database as bytes, so that one thread can make them and another put them in.
 *
 * A row is the statement that it is for, then its values in the order of the statement's
 * parameters. Rows that belong together are put into one buffer; they are committed together.
 * Threads: a buffer is one thread's; a struct inserts is its connection's.
 */
#ifndef SIM_STORE_ROWS_H
#define SIM_STORE_ROWS_H

#include <sqlite3.h>
#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"

/* name, SQL. An INSERT without a list of columns has them all, as in schema.sql. */
/* clang-format off */
#define ROWS(X) \
    X(RUN, "INSERT INTO run VALUES (1,?,?,?,?,?,?,1,?,?,?,?,?,?,?,?,?,?,?,'running',NULL,?,NULL,NULL)") \
    X(PROCESS, "INSERT INTO process VALUES (?,?,?,?,NULL)") \
    X(BIT, "INSERT INTO bit VALUES (?,?,?)") \
    X(FILE, "INSERT INTO file VALUES (?,?,?,?)") \
    X(ROW, "INSERT INTO row VALUES (?,?,?,?)") \
    X(TOOL, "INSERT INTO tool VALUES (?,?)") \
    X(GRADER, "INSERT INTO grader VALUES (?,?,?,?,?)") \
    X(SPENT, "INSERT OR REPLACE INTO spent VALUES (?,?,?,?,?,?,?)") \
    X(HOST, "INSERT OR REPLACE INTO host VALUES (?,?)") \
    X(POLICY, "INSERT INTO policy VALUES (?,?,?)") \
    X(WAVE, "INSERT INTO wave VALUES (?,?,?,1,?,?,?,0,0)") \
    X(WAVE_TIME, "UPDATE wave SET elapsed_ns = ?2, ended = ?3 WHERE id = ?1") \
    X(ROLLOUT, "INSERT INTO rollout VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)") \
    X(TURN, "INSERT INTO turn VALUES (?,?,?,?,?,?)") \
    X(CALL, "INSERT INTO call VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)") \
    X(ATTEMPT, "INSERT INTO attempt VALUES (?,?,?,?,?,?)") \
    X(PART, "INSERT INTO part VALUES (?,?,?,?,?)") \
    X(OTHER, "INSERT INTO other VALUES (?,?,?)") \
    X(NOTE, "INSERT INTO note VALUES (?,?,?,?)") \
    X(CHOICE, "INSERT INTO choice VALUES (?,?)") \
    X(CHECKPOINT, "INSERT OR REPLACE INTO checkpoint VALUES (?,?,?)") \
    X(CHECKPOINT_OUT, "DELETE FROM checkpoint WHERE step = ?") \
    X(TOKENS, "INSERT INTO tokens VALUES (?,?,?,?,?,?)") \
    X(STEP, "INSERT INTO step VALUES (?,?)") \
    X(METRIC, "INSERT INTO metric VALUES (?,?)") \
    X(VALUE, "INSERT INTO value VALUES (?,?,?)") \
    X(EVENT, "INSERT INTO event VALUES (NULL,?)") \
    X(BEGUN, "UPDATE run SET state = 'running', why = NULL, ended_at = NULL") \
    X(ENDED, "UPDATE run SET state = ?, why = ?, ended_at = ?, summary = ?") \
    X(PROCESS_ENDED, "UPDATE process SET ended_at = ?2 WHERE number = ?1")
/* clang-format on */

enum rows_for {
#define X(name, sql) ROWS_##name,
    ROWS(X)
#undef X
        ROWS_N,
};

/* Begin a row, then give its values, one for each parameter. Texts are copied. */
void rows_begin(struct buf *out, enum rows_for what);
void rows_int(struct buf *out, int64_t value);
void rows_real(struct buf *out, double value);                 /* NAN is a null */
void rows_text(struct buf *out, const char *text, size_t len); /* NULL is a null */
void rows_word(struct buf *out, const char *text);             /* up to its NUL; likewise */
void rows_blob(struct buf *out, const void *bytes, size_t n);
void rows_null(struct buf *out);

/* The statements of a connection, prepared. */
struct inserts {
    sqlite3 *db;      /* borrowed */
    const char *path; /* borrowed, for messages */
    sqlite3_stmt *at[ROWS_N];
};

/* Errors: ERR_IO. Release it in any case, before the connection is closed. */
NODISCARD enum err_code inserts_init(struct inserts *x, sqlite3 *db, const char *path,
                                     struct err *e);
void inserts_release(struct inserts *x);

/* Put in rows, in the transaction that is open. Errors: ERR_IO. */
NODISCARD enum err_code inserts_put(struct inserts *x, const char *rows, size_t len, struct err *e);

#endif
