/* Reading a run's database: statements, columns, bodies. What fails is said once, at the end.
 *
 *     struct query q;
 *     for (query_open(&q, db, "SELECT id, name FROM tool ORDER BY id"); query_next(&q);)
 *         use(query_int(&q, 0), query_text(&q, 1));
 *     return query_close(&q, e);
 *
 * A query that failed has no more rows; its close tells why. Threads: the database's.
 */
#ifndef SIM_STORE_QUERY_H
#define SIM_STORE_QUERY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"

struct query {
    sqlite3 *db;
    sqlite3_stmt *stmt; /* owned */
    int rc;             /* SQLite's; SQLITE_ROW while there is a row */
    bool broken;        /* a body in it is none */
};

/* `sql` may have parameters, to be bound before the first query_next. */
void query_open(struct query *q, sqlite3 *db, const char *sql);
void query_bind(struct query *q, int parameter, int64_t value);         /* from 1 */
void query_bind_text(struct query *q, int parameter, const char *text); /* copied */
bool query_next(struct query *q);

/* Errors: ERR_IO. Leaves a failure that `e` holds
 * already, and returns its code. */
NODISCARD enum err_code query_close(struct query *q, struct err *e);

int64_t query_int(const struct query *q, int column); /* 0 of NULL */
double query_real(const struct query *q, int column); /* NAN of NULL */
const char *query_text(const struct query *q,
                       int column);                  /* borrowed until query_next; NULL of NULL */
char *query_copy(const struct query *q, int column); /* the caller's; NULL of NULL */
bool query_is_null(const struct query *q, int column);

/* Append a body (schema.sql) that is not NULL, inflated. False: it does not unpack. */
bool body_add(struct buf *out, sqlite3_stmt *stmt, int column);

/* The same of a query's, which is broken if it does not unpack. False if it is NULL. */
bool query_body(struct query *q, int column, struct buf *out);

#endif
