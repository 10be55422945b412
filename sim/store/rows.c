#include "sim/store/rows.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/store/sql.h"

/* A value is its tag and then: an int or a real, 8 bytes; a text or a blob, its length in 4 bytes
 * and its bytes. ROW stands before each row, with the statement in the byte that follows. */
enum tag { TAG_ROW, TAG_NULL, TAG_INT, TAG_REAL, TAG_TEXT, TAG_BLOB };

static const char *const statements[] = {
#define X(name, sql) [ROWS_##name] = sql,
    ROWS(X)
#undef X
};

void rows_begin(struct buf *out, enum rows_for what)
{
    buf_add(out, (const char[]){TAG_ROW, (char)what}, 2);
}

static void add(struct buf *out, enum tag tag, const void *head, size_t head_len, const void *more,
                size_t len)
{
    buf_reserve(out, 1 + head_len + len);
    char *at = out->at + out->len;
    *at = (char)tag;
    memcpy(at + 1, head, head_len);
    if (len)
        memcpy(at + 1 + head_len, more, len);
    out->len += 1 + head_len + len;
    out->at[out->len] = '\0';
}

void rows_int(struct buf *out, int64_t value)
{
    add(out, TAG_INT, &value, sizeof(value), NULL, 0);
}

void rows_null(struct buf *out)
{
    buf_char(out, TAG_NULL);
}

void rows_real(struct buf *out, double value)
{
    static const double most = 9007199254740992.0; /* whole numbers up to here are all doubles */
    if (isnan(value))
        rows_null(out);
    else if (value == trunc(value) && fabs(value) < most && !(value == 0 && signbit(value)))
        rows_int(out, (int64_t)value); /* shorter in the database */
    else
        add(out, TAG_REAL, &value, sizeof(value), NULL, 0);
}

static void add_bytes(struct buf *out, enum tag tag, const void *bytes, size_t n)
{
    assert(n <= UINT32_MAX);
    uint32_t len = (uint32_t)n;
    if (bytes)
        add(out, tag, &len, sizeof(len), bytes, n);
    else
        rows_null(out);
}

void rows_text(struct buf *out, const char *text, size_t len)
{
    add_bytes(out, TAG_TEXT, text, len);
}

void rows_word(struct buf *out, const char *text)
{
    add_bytes(out, TAG_TEXT, text, text ? strlen(text) : 0);
}

void rows_blob(struct buf *out, const void *bytes, size_t n)
{
    add_bytes(out, TAG_BLOB, bytes, n);
}

enum err_code inserts_init(struct inserts *x, sqlite3 *db, const char *path, struct err *e)
{
    *x = (struct inserts){.db = db, .path = path};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < ROWS_N; i++)
        rc = sql_prepare(&x->at[i], db, path, statements[i], e);
    return rc;
}

void inserts_release(struct inserts *x)
{
    for (size_t i = 0; i < ROWS_N; i++)
        sqlite3_finalize(x->at[i]);
    *x = (struct inserts){0};
}

static int64_t take_int(const char **at)
{
    int64_t value;
    memcpy(&value, *at, sizeof(value));
    *at += sizeof(value);
    return value;
}

static double take_real(const char **at)
{
    double value;
    memcpy(&value, *at, sizeof(value));
    *at += sizeof(value);
    return value;
}

static const char *take_bytes(const char **at, int *len)
{
    uint32_t n;
    memcpy(&n, *at, sizeof(n));
    const char *bytes = *at + sizeof(n);
    *at = bytes + n;
    *len = (int)n;
    return bytes;
}

/* The values are borrowed until the statement is reset. */
static int bind(sqlite3_stmt *stmt, int parameter, const char **at)
{
    int len = 0;
    const char *bytes = NULL;
    switch (*(*at)++) {
    case TAG_INT:
        return sqlite3_bind_int64(stmt, parameter, take_int(at));
    case TAG_REAL:
        return sqlite3_bind_double(stmt, parameter, take_real(at));
    case TAG_TEXT:
        bytes = take_bytes(at, &len);
        return sqlite3_bind_text(stmt, parameter, bytes, len, SQLITE_STATIC);
    case TAG_BLOB:
        bytes = take_bytes(at, &len);
        return sqlite3_bind_blob(stmt, parameter, bytes, len, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(stmt, parameter);
    }
}

enum err_code inserts_put(struct inserts *x, const char *rows, size_t len, struct err *e)
{
    const char *at = rows;
    const char *end = rows + len;
    while (at < end) {
        assert(at[0] == TAG_ROW);
        sqlite3_stmt *stmt = x->at[(unsigned char)at[1]];
        at += 2;
        int n = 0;
        int rc = SQLITE_OK;
        while (rc == SQLITE_OK && at < end && *at != TAG_ROW)
            rc = bind(stmt, ++n, &at);
        assert(rc != SQLITE_OK || n == sqlite3_bind_parameter_count(stmt));
        if (rc != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE) {
            sql_fail(e, x->db, x->path);
            sqlite3_reset(stmt);
            return e->code;
        }
        sqlite3_reset(stmt);
    }
    return ERR_OK;
}
