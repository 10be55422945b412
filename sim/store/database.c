#include "sim/store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/store/schema.h"

enum {
    BUSY_MS = 10000,         /* a reader may hold up a checkpoint's end */
    PAGE_BYTES = 8192,       /* half the system calls of the default */
    CHECKPOINT_PAGES = 2000, /* that the WAL may have: fewer syncs than with the default */
    CACHE_KB = 4096,         /* rows come in the order of their keys: of old pages none is missed */
};

/* Nobody asks SQLite how much memory it has, and counting takes a lock at each allocation. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err_code connect(sqlite3 **out, const char *path, int flags, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    int rc = sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        sql_fail(e, *out, path);
        database_close(*out);
        *out = NULL;
        return e->code;
    }
    sqlite3_extended_result_codes(*out, 0);
    sqlite3_busy_timeout(*out, BUSY_MS);
    return ERR_OK;
}

/* How it is written from here on; only once it is known to be ours. */
static enum err_code set_up(sqlite3 *db, const char *path, struct err *e)
{
    char *sql = mem_printf("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                           "PRAGMA wal_autocheckpoint = %d; PRAGMA cache_size = -%d;"
                           "PRAGMA secure_delete = OFF",
                           CHECKPOINT_PAGES, CACHE_KB);
    enum err_code rc = sql_run(db, path, sql, e);
    free(sql);
    return rc;
}

/* Of one that is still empty; it cannot be changed once there is a WAL. */
static enum err_code set_page_size(sqlite3 *db, const char *path, struct err *e)
{
    char *sql = mem_printf("PRAGMA page_size = %d", PAGE_BYTES);
    enum err_code rc = sql_run(db, path, sql, e);
    free(sql);
    return rc;
}

enum err_code database_upgrade(sqlite3 *db, const char *path, int version, struct err *e)
{
    char *mark = mem_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                            SCHEMA_APPLICATION, version);
    enum err_code rc = sql_run(db, path, schema_sql(version), e);
    if (!rc)
        rc = sql_run(db, path, mark, e);
    free(mark);
    return rc;
}

static enum err_code upgrade_from(sqlite3 *db, const char *path, int version, struct err *e)
{
    enum err_code rc = ERR_OK;
    while (!rc && version < SCHEMA_VERSION)
        rc = database_upgrade(db, path, ++version, e);
    return rc;
}

enum err_code database_create(sqlite3 **out, const char *path, struct err *e)
{
    sqlite3 *db = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        bool there = errno == EEXIST;
        enum err_code failed = err_sys(e, path);
        return there ? err_fix(e, "nothing is ever overwritten: name another folder") : failed;
    }
    close(fd);
    enum err_code rc = connect(&db, path, SQLITE_OPEN_READWRITE, e);
    if (!rc)
        rc = set_page_size(db, path, e);
    if (!rc)
        rc = set_up(db, path, e);
    if (!rc)
        rc = sql_run(db, path, "BEGIN IMMEDIATE", e);
    if (!rc)
        rc = upgrade_from(db, path, 0, e);
    if (rc)
        database_close(db);
    else
        *out = db;
    return rc;
}

/* Whether it is ours, and of which version. */
static enum err_code identify(sqlite3 *db, const char *path, int64_t *version, struct err *e)
{
    int64_t application = 0;
    int64_t n_tables = 0;
    enum err_code rc = sql_number(&application, db, path, "PRAGMA application_id", e);
    if (!rc)
        rc = sql_number(version, db, path, "PRAGMA user_version", e);
    if (!rc)
        rc = sql_number(&n_tables, db, path, "SELECT count(*) FROM sqlite_schema", e);
    if (rc)
        return rc;
    if (!application && !n_tables) {
        err_set(e, ERR_IO, "%s: holds no run: it was killed before it began", path);
        return err_fix(e, "run the job again");
    }
    if (application != SCHEMA_APPLICATION || *version < 1) {
        err_set(e, ERR_IO, "%s: is a database of another program's", path);
        return err_fix(e, "name the folder of a run; nothing was changed");
    }
    if (*version > SCHEMA_VERSION) {
        err_set(e, ERR_IO, "%s: was written by a newer rftsim (schema %d, and this one knows %d)",
                path, (int)*version, SCHEMA_VERSION);
        return err_fix(e, "use that version; nothing was changed");
    }
    return ERR_OK;
}

/* All of it is looked at before anything is written: what is damaged is to stay as it is. */
static enum err_code examine(sqlite3 *db, const char *path, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    enum err_code rc = sql_prepare(&stmt, db, path, "PRAGMA quick_check(1)", e);
    if (!rc)
        rc = sql_next(stmt, path, &have, e);
    if (!rc && have && sqlite3_stricmp(sql_peek(stmt, 0), "ok") != 0) {
        const char *line = strrchr(sql_peek(stmt, 0), '\n'); /* below the name of the database */
        rc = err_set(e, ERR_IO, "%s: is damaged (%s)", path, line ? line + 1 : sql_peek(stmt, 0));
        err_fix(e, "put a copy of it back, or run the job again; nothing was changed");
    }
    sqlite3_finalize(stmt);
    return rc;
}

static enum err_code bring_up(sqlite3 *db, const char *path, int version, struct err *e)
{
    if (version == SCHEMA_VERSION)
        return ERR_OK;
    enum err_code rc = sql_run(db, path, "BEGIN IMMEDIATE", e);
    if (!rc)
        rc = upgrade_from(db, path, version, e);
    return rc ? rc : sql_run(db, path, "COMMIT", e);
}

/* Whether the last to close it brings the WAL in. */
static void leave_wal(sqlite3 *db, bool leave)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)leave, NULL);
}

enum err_code database_open(sqlite3 **out, const char *path, struct err *e)
{
    sqlite3 *db = NULL;
    int64_t version = 0;
    if (access(path, F_OK) != 0) {
        err_set(e, ERR_IO, "%s: is not there", path);
        return err_fix(e, "name the folder of a run that was recorded (rftsim run prints it)");
    }
    if (access(path, W_OK) != 0) {
        err_sys(e, path);
        return err_fix(e, "see that the folder and the files in it may be written to by this user");
    }
    enum err_code rc = connect(&db, path, SQLITE_OPEN_READWRITE, e);
    if (!rc) {
        leave_wal(db, true); /* what is refused is left as it is */
        rc = identify(db, path, &version, e);
    }
    if (!rc)
        rc = examine(db, path, e);
    if (!rc)
        rc = set_up(db, path, e);
    if (!rc)
        rc = bring_up(db, path, (int)version, e);
    if (rc) {
        database_close(db);
        return rc;
    }
    leave_wal(db, false);
    *out = db;
    return ERR_OK;
}

/* Without the file that shares the index of the WAL, which cannot be made in a folder that may not
 * be written to. Right only if there is no WAL, so that nothing is missed. */
static enum err_code connect_frozen(sqlite3 **out, const char *path, struct err *e)
{
    struct stat st;
    char *wal = mem_printf("%s-wal", path);
    bool clean = stat(wal, &st) != 0 || st.st_size == 0;
    free(wal);
    if (!clean) {
        err_set(e, ERR_IO, "%s: was not closed, and its folder may not be written to", path);
        return err_fix(e, "copy the run folder to where you may write, and read it there");
    }
    struct buf uri = {0};
    buf_text_add(&uri, "file:");
    for (const char *c = path; *c; c++) /* what a URI would read otherwise */
        buf_printf(&uri, strchr("%?#", *c) ? "%%%02x" : "%c", (unsigned char)*c);
    buf_text_add(&uri, "?immutable=1");
    enum err_code rc = connect(out, buf_text(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
    buf_release(&uri);
    return rc;
}

enum err_code database_view(sqlite3 **out, const char *path, struct err *e)
{
    sqlite3 *db = NULL;
    int64_t version = 0;
    if (access(path, R_OK) != 0) {
        err_sys(e, path);
        return err_fix(e, "name the folder of a run that was recorded (rftsim run prints it)");
    }
    enum err_code rc = connect(&db, path, SQLITE_OPEN_READONLY, e);
    if (!rc && sqlite3_exec(db, "PRAGMA user_version", NULL, NULL, NULL) == SQLITE_CANTOPEN) {
        database_close(db);
        db = NULL;
        rc = connect_frozen(&db, path, e);
    }
    if (!rc)
        rc = identify(db, path, &version, e);
    if (rc)
        database_close(db);
    else
        *out = db;
    return rc;
}

enum err_code database_read(sqlite3 **out, const char *path, struct err *e)
{
    return connect(out, path, SQLITE_OPEN_READONLY, e);
}

void database_close(sqlite3 *db)
{
    sqlite3_close(db);
}
