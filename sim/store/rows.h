/* Rows for the database as bytes, so that one thread can make them and another put them in.
 *
 * A row is the statement that it is for, then its values, in the order of the statement's
 * parameters or of the columns that it reads (inserts.h). Rows that belong together are put into
 * one struct rows; they are committed together. Their bytes may be joined to others'.
 * Threads: a struct rows is one thread's.
 */
#ifndef SIM_STORE_ROWS_H
#define SIM_STORE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/buf.h"

enum { ROWS_VALUES = 19 }; /* of one row, the most */

/* Statements that are run for each row: name, SQL. An INSERT without a list of columns has them
 * all, as in schema.sql. */
/* clang-format off */
#define ROWS_SINGLE(X) \
    X(RUN, "INSERT INTO run VALUES (1,?,?,?,?,?,?,1,?,?,?,?,?,?,?,?,?,?,?,'running',NULL,?,NULL,NULL)") \
    X(PROCESS, "INSERT INTO process VALUES (?,?,?,?,NULL)") \
    X(BIT, "INSERT INTO bit VALUES (?,?,?)") \
    X(FILE, "INSERT INTO file VALUES (?,?,?,?)") \
    X(TOOL, "INSERT INTO tool VALUES (?,?)") \
    X(GRADER, "INSERT INTO grader VALUES (?,?,?,?,?)") \
    X(SPENT, "INSERT OR REPLACE INTO spent VALUES (?,?,?,?,?,?,?)") \
    X(HOST, "INSERT OR REPLACE INTO host VALUES (?,?)") \
    X(POLICY, "INSERT INTO policy VALUES (?,?,?)") \
    X(WAVE, "INSERT INTO wave VALUES (?,?,?,1,?,?,?,0,0)") \
    X(WAVE_TIME, "UPDATE wave SET elapsed_ns = ?2, ended = ?3 WHERE id = ?1") \
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

/* Statements that are run once for all their rows, which are then the table `given` (given.h). For
 * what comes by the thousand: it takes a quarter less than one run a row. OR FAIL, for whoever began the
 * transaction rolls it back: to undo one statement alone SQLite would keep a file in /var/tmp. */
#define ROWS_MANY(X) \
    X(ROW, "INSERT OR FAIL INTO row SELECT a,b,c,d FROM given") \
    X(ROLLOUT, "INSERT OR FAIL INTO rollout SELECT * FROM given") \
    X(TURN, "INSERT OR FAIL INTO turn SELECT a,b,c,d,e,f FROM given") \
    X(CALL, "INSERT OR FAIL INTO call SELECT a,b,c,d,e,f,g,h,i,j,k,l,m,n FROM given") \
    X(ATTEMPT, "INSERT OR FAIL INTO attempt SELECT a,b,c,d,e,f FROM given") \
    X(PART, "INSERT OR FAIL INTO part SELECT a,b,c,d,e FROM given") \
    X(OTHER, "INSERT OR FAIL INTO other SELECT a,b,c FROM given") \
    X(NOTE, "INSERT OR FAIL INTO note SELECT a,b,c,d FROM given") \
    X(CHOICE, "INSERT OR FAIL INTO choice SELECT a,b FROM given")
/* clang-format on */

enum rows_for {
#define X(name, sql) ROWS_##name,
    ROWS_SINGLE(X) ROWS_MANY(X)
#undef X
        ROWS_N,
    ROWS_FIRST_MANY = ROWS_ROW,
};

/* Zeroed: none. */
struct rows {
    struct buf bytes;
    size_t begun; /* where the last row begins */
};

/* Begin a row, then give its values, one for each parameter or column. Texts are copied. */
void rows_begin(struct rows *out, enum rows_for what);
void rows_int(struct rows *out, int64_t value);
void rows_real(struct rows *out, double value);                 /* NAN is a null */
void rows_text(struct rows *out, const char *text, size_t len); /* NULL is a null */
void rows_word(struct rows *out, const char *text);             /* up to its NUL; likewise */
void rows_blob(struct rows *out, const void *bytes, size_t n);
void rows_null(struct rows *out);

/* The last row is complete: now the bytes may be read. */
void rows_end(struct rows *out);
void rows_clear(struct rows *out); /* memory kept */
void rows_release(struct rows *out);

/* A value that is read. */
struct rows_value {
    enum { ROWS_NULL, ROWS_INT, ROWS_REAL, ROWS_TEXT, ROWS_BLOB } type;
    int len;
    union {
        int64_t integer;
        double real;
        const char *bytes; /* borrowed from the rows; `len` of them */
    };
};

/* What the row that begins at `at` is for; where it ends, and the next one begins; its values, of
 * which it returns the number. */
enum rows_for rows_what(const char *at);
const char *rows_next(const char *at);
size_t rows_values(struct rows_value out[ROWS_VALUES], const char *at);

#endif
