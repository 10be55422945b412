#include "sim/store/sql.h"

#include <errno.h>
#include <stdio.h>

#include "sim/base/mem.h"

static bool is_full(sqlite3 *db)
{
    int rc = sqlite3_errcode(db);
    int os = sqlite3_system_errno(db);
    return rc == SQLITE_FULL || (rc == SQLITE_IOERR && (os == ENOSPC || os == EDQUOT));
}

enum err_code sql_fail(struct err *e, sqlite3 *db, const char *path)
{
    if (is_full(db)) {
        err_set(e, ERR_IO, "%s: the disk is full", path);
        return err_fix(e, "what was recorded is kept; make room, then go on with "
                          "rftsim run --resume");
    }
    switch (sqlite3_errcode(db)) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        err_set(e, ERR_IO, "%s: is damaged (%s)", path, sqlite3_errmsg(db));
        return err_fix(e, "put a copy of it back, or run the job again; nothing was changed");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        err_set(e, ERR_IO, "%s: cannot be written (%s)", path, sqlite3_errmsg(db));
        return err_fix(e, "see that the folder and the files in it may be written to by this user");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        err_set(e, ERR_IO, "%s: another program is at it (%s)", path, sqlite3_errmsg(db));
        return err_fix(e, "close what has the database open for writing");
    default:
        err_set(e, ERR_IO, "%s: %s", path, sqlite3_errmsg(db));
        return err_fix(e, "if the file is damaged, put a copy of it back");
    }
}

enum err_code sql_run(sqlite3 *db, const char *path, const char *sql, struct err *e)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : sql_fail(e, db, path);
}

enum err_code sql_prepare(sqlite3_stmt **out, sqlite3 *db, const char *path, const char *sql,
                          struct err *e)
{
    int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return rc == SQLITE_OK ? ERR_OK : sql_fail(e, db, path);
}

enum err_code sql_next(sqlite3_stmt *stmt, const char *path, bool *have, struct err *e)
{
    int rc = sqlite3_step(stmt);
    *have = rc == SQLITE_ROW;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? ERR_OK
                                                 : sql_fail(e, sqlite3_db_handle(stmt), path);
}

enum err_code sql_number(int64_t *out, sqlite3 *db, const char *path, const char *sql,
                         struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    enum err_code rc = sql_prepare(&stmt, db, path, sql, e);
    if (!rc)
        rc = sql_next(stmt, path, &have, e);
    *out = have ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return rc;
}

const char *sql_peek(sqlite3_stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);
    return text ? (const char *)text : "";
}

char *sql_text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);
    return text ? mem_slice((const char *)text, (size_t)sqlite3_column_bytes(stmt, column)) : NULL;
}
