#include "sim/store/query.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/mem.h"
#include "sim/store/sql.h"

enum { BODY_MOST = 1 << 30 }; /* bytes inflated: more is a stream made to hurt */

void query_open(struct query *q, sqlite3 *db, const char *sql)
{
    *q = (struct query){.db = db};
    q->rc = sqlite3_prepare_v2(db, sql, -1, &q->stmt, NULL);
}

void query_bind(struct query *q, int parameter, int64_t value)
{
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_int64(q->stmt, parameter, value);
}

void query_bind_text(struct query *q, int parameter, const char *text)
{
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_text(q->stmt, parameter, text, -1, SQLITE_TRANSIENT);
}

bool query_next(struct query *q)
{
    if (q->rc == SQLITE_OK || q->rc == SQLITE_ROW)
        q->rc = sqlite3_step(q->stmt);
    return q->rc == SQLITE_ROW && !q->broken;
}

static enum err_code failed(const struct query *q, struct err *e)
{
    const char *path = sqlite3_db_filename(q->db, "main");
    if (!q->broken)
        return sql_fail(e, q->db, path);
    err_set(e, ERR_IO, "%s: is damaged (a text in it does not unpack)", path);
    return err_fix(e, "'sqlite3 FILE .recover' saves what can be read of it");
}

enum err_code query_close(struct query *q, struct err *e)
{
    bool fine = !q->broken && (q->rc == SQLITE_DONE || q->rc == SQLITE_ROW || q->rc == SQLITE_OK);
    enum err_code rc = e->code ? e->code : fine ? ERR_OK : failed(q, e);
    sqlite3_finalize(q->stmt);
    q->stmt = NULL;
    return rc;
}

int64_t query_int(const struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

bool query_is_null(const struct query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

double query_real(const struct query *q, int column)
{
    return query_is_null(q, column) ? NAN : sqlite3_column_double(q->stmt, column);
}

const char *query_text(const struct query *q, int column)
{
    return (const char *)sqlite3_column_text(q->stmt, column);
}

char *query_copy(const struct query *q, int column)
{
    return mem_text(query_text(q, column));
}

static bool inflate_into(struct buf *out, const void *bytes, size_t n)
{
    enum { CHUNK = 1 << 16 };
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n};
    int rc = inflateInit(&z);
    size_t before = out->len;
    while (rc == Z_OK && out->len - before < BODY_MOST) {
        buf_reserve(out, CHUNK);
        z.next_out = (Bytef *)out->at + out->len;
        z.avail_out = CHUNK;
        rc = inflate(&z, Z_NO_FLUSH);
        out->len += CHUNK - z.avail_out;
    }
    if (out->at)
        out->at[out->len] = '\0';
    inflateEnd(&z);
    return rc == Z_STREAM_END;
}

bool body_add(struct buf *out, sqlite3_stmt *stmt, int column)
{
    const void *bytes = sqlite3_column_blob(stmt, column);
    size_t n = (size_t)sqlite3_column_bytes(stmt, column);
    if (sqlite3_column_type(stmt, column) == SQLITE_BLOB)
        return inflate_into(out, bytes, n);
    buf_add(out, bytes ? bytes : "", n);
    return true;
}

bool query_body(struct query *q, int column, struct buf *out)
{
    if (query_is_null(q, column))
        return false;
    if (!body_add(out, q->stmt, column))
        q->broken = true;
    return true;
}
