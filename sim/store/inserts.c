#include "sim/store/inserts.h"

#include <assert.h>

static const char *const statements[] = {
#define X(name, sql) [ROWS_##name] = sql,
    ROWS_SINGLE(X) ROWS_MANY(X)
#undef X
};

enum err_code inserts_init(struct inserts *x, sqlite3 *db, const char *path, struct err *e)
{
    *x = (struct inserts){.db = db, .path = path};
    enum err_code rc = given_offer(&x->given, db, path, e);
    for (size_t i = 0; !rc && i < ROWS_N; i++)
        rc = sql_prepare(&x->at[i], db, path, statements[i], e);
    return rc;
}

void inserts_release(struct inserts *x)
{
    for (size_t i = 0; i < ROWS_N; i++)
        sqlite3_finalize(x->at[i]);
    if (x->db)
        given_withdraw(x->db);
    *x = (struct inserts){0};
}

/* The value is borrowed until the statement is reset. */
static int bind(sqlite3_stmt *stmt, int parameter, const struct rows_value *v)
{
    switch (v->type) {
    case ROWS_NULL:
        return sqlite3_bind_null(stmt, parameter);
    case ROWS_INT:
        return sqlite3_bind_int64(stmt, parameter, v->integer);
    case ROWS_REAL:
        return sqlite3_bind_double(stmt, parameter, v->real);
    case ROWS_TEXT:
        return sqlite3_bind_text(stmt, parameter, v->bytes, v->len, SQLITE_STATIC);
    case ROWS_BLOB:
        return sqlite3_bind_blob(stmt, parameter, v->bytes, v->len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static enum err_code run(struct inserts *x, sqlite3_stmt *stmt, struct err *e)
{
    enum err_code rc = ERR_OK;
    if (sqlite3_step(stmt) != SQLITE_DONE)
        rc = sql_fail(e, x->db, x->path);
    sqlite3_reset(stmt);
    return rc;
}

static enum err_code put_single(struct inserts *x, const char *row, struct err *e)
{
    sqlite3_stmt *stmt = x->at[rows_what(row)];
    struct rows_value values[ROWS_VALUES];
    int n = (int)rows_values(values, row);
    assert(n == sqlite3_bind_parameter_count(stmt));
    for (int i = 0; i < n; i++) {
        if (bind(stmt, i + 1, &values[i]) != SQLITE_OK)
            return sql_fail(e, x->db, x->path);
    }
    return run(x, stmt, e);
}

enum err_code inserts_put(struct inserts *x, const char *rows, size_t len, struct err *e)
{
    const char *end = rows + len;
    bool many[ROWS_N] = {0};
    enum err_code rc = ERR_OK;
    for (const char *at = rows; !rc && at < end; at = rows_next(at)) {
        if (rows_what(at) < ROWS_FIRST_MANY)
            rc = put_single(x, at, e);
        else
            many[rows_what(at)] = true;
    }
    for (int what = ROWS_FIRST_MANY; !rc && what < ROWS_N; what++) {
        x->given = (struct given){rows, end, (enum rows_for)what};
        if (many[what])
            rc = run(x, x->at[what], e);
    }
    return rc;
}
