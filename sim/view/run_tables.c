#include "sim/view/run_tables.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/store/query.h"

struct table {
    char **columns; /* owned, and each */
    size_t n_columns;
    struct buf order; /* owned; " ORDER BY 1, 2", the columns of its key */
};

static void release(struct table *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        free(t->columns[i]);
    free(t->columns);
    buf_release(&t->order);
}

static enum err_code describe(struct table *t, sqlite3 *db, const char *name, struct err *e)
{
    struct query q;
    query_open(&q, db, "SELECT name FROM pragma_table_info(?) ORDER BY cid");
    query_bind_text(&q, 1, name);
    while (query_next(&q)) {
        t->columns = mem_grow(t->columns, t->n_columns + 1, sizeof(*t->columns));
        t->columns[t->n_columns++] = query_copy(&q, 0);
    }
    enum err_code rc = query_close(&q, e);
    if (rc)
        return rc;
    query_open(&q, db, "SELECT cid + 1 FROM pragma_table_info(?) WHERE pk ORDER BY pk");
    query_bind_text(&q, 1, name);
    while (query_next(&q))
        buf_printf(&t->order, "%s%d", t->order.len ? ", " : " ORDER BY ", (int)query_int(&q, 0));
    return query_close(&q, e);
}

static void add_cell(struct sheet *s, struct query *q, int column, struct buf *scratch)
{
    switch (sqlite3_column_type(q->stmt, column)) {
    case SQLITE_NULL:
        sheet_null(s);
        break;
    case SQLITE_INTEGER:
        sheet_integer(s, query_int(q, column));
        break;
    case SQLITE_FLOAT:
        sheet_real(s, query_real(q, column));
        break;
    default: /* a text, or a packed one */
        buf_clear(scratch);
        query_body(q, column, scratch);
        sheet_text(s, buf_text(scratch), scratch->len);
        break;
    }
}

static enum err_code write_rows(struct sheet *s, sqlite3 *db, const char *sql, struct err *e)
{
    struct buf scratch = {0};
    struct query q;
    enum err_code rc = ERR_OK;
    for (query_open(&q, db, sql); !rc && query_next(&q);) {
        for (size_t i = 0; i < s->n_columns; i++)
            add_cell(s, &q, (int)i, &scratch);
        rc = sheet_end_row(s, e);
    }
    buf_release(&scratch);
    return query_close(&q, e);
}

static enum err_code write_table(const struct stage *folder, enum sheet_format format, sqlite3 *db,
                                 const char *name, struct err *e)
{
    struct table t = {0};
    struct sheet s = {0};
    enum err_code rc = describe(&t, db, name, e);
    if (!rc)
        rc = sheet_open(&s, folder, format, name, (const char *const *)t.columns, t.n_columns, e);
    if (!rc) {
        char *sql = mem_printf("SELECT * FROM \"%s\"%s", name, buf_text(&t.order));
        rc = write_rows(&s, db, sql, e);
        free(sql);
    }
    if (sheet_close(&s, e) && !rc)
        rc = e->code;
    release(&t);
    return rc;
}

/* It becomes the name of a file. */
static bool is_plain(const char *name)
{
    return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}

enum err_code run_tables_write(const struct stage *folder, enum sheet_format format, sqlite3 *db,
                               struct err *e)
{
    struct query q;
    enum err_code rc = ERR_OK;
    query_open(&q, db,
               "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
               "AND name NOT GLOB 'sqlite_*' AND name <> 'indexed' ORDER BY name");
    while (!rc && query_next(&q)) {
        const char *name = query_text(&q, 0);
        if (is_plain(name)) {
            rc = write_table(folder, format, db, name, e);
            continue;
        }
        rc = err_set(e, ERR_DATA, "%s: has a table '%s', which no run has",
                     sqlite3_db_filename(db, "main"), name);
        err_fix(e, "another program has been at it; put a copy of it back");
    }
    return query_close(&q, e);
}
