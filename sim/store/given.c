#include "sim/store/given.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/mem.h"

#define NAME "given"

static const char columns[] = "CREATE TABLE " NAME " (a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s)";

struct table {
    sqlite3_vtab base;
    const struct given *given; /* borrowed */
};

struct cursor {
    sqlite3_vtab_cursor base;
    const char *at; /* the row at hand */
    const char *end;
    enum rows_for what;
    size_t n_values; /* that the statement reads */
    struct rows_value values[ROWS_VALUES];
};

static int connect(sqlite3 *db, void *given, int argc, const char *const *argv, sqlite3_vtab **out,
                   char **why)
{
    (void)argc;
    (void)argv;
    (void)why;
    struct table *t = mem_new(sizeof(*t));
    t->given = given;
    *out = &t->base;
    return sqlite3_declare_vtab(db, columns);
}

static int disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

/* There is one way to read it: all of it. How many columns, the cursor is told. */
static int choose_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    for (info->idxNum = 0; info->colUsed >> info->idxNum;)
        info->idxNum++;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    struct cursor *c = mem_new(sizeof(*c));
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

/* From c->at on, the first row that is for it. */
static int settle(struct cursor *c)
{
    while (c->at < c->end && rows_what(c->at) != c->what)
        c->at = rows_next(c->at);
    if (c->at < c->end) {
        size_t n = rows_values(c->values, c->at);
        assert(n == c->n_values);
        (void)n;
    }
    return SQLITE_OK;
}

static int rewind_cursor(sqlite3_vtab_cursor *base, int n_values, const char *text, int argc,
                         sqlite3_value **argv)
{
    (void)text;
    (void)argc;
    (void)argv;
    struct cursor *c = (struct cursor *)base;
    const struct given *given = ((struct table *)base->pVtab)->given;
    c->at = given->rows;
    c->end = given->end;
    c->what = given->what;
    c->n_values = (size_t)n_values;
    return settle(c);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    c->at = rows_next(c->at);
    return settle(c);
}

static int is_over(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->at == c->end;
}

/* The values stay where they are until the statement ends, so none is copied. */
static int column(sqlite3_vtab_cursor *base, sqlite3_context *out, int i)
{
    const struct rows_value *v = &((const struct cursor *)base)->values[i];
    switch (v->type) {
    case ROWS_NULL:
        break;
    case ROWS_INT:
        sqlite3_result_int64(out, v->integer);
        break;
    case ROWS_REAL:
        sqlite3_result_double(out, v->real);
        break;
    case ROWS_TEXT:
        sqlite3_result_text(out, v->bytes, v->len, SQLITE_STATIC);
        break;
    case ROWS_BLOB:
        sqlite3_result_blob(out, v->bytes, v->len, SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((const struct cursor *)base)->at - ((struct table *)base->pVtab)->given->rows;
    return SQLITE_OK;
}

/* Without xCreate it needs no CREATE VIRTUAL TABLE: it is there. */
static const sqlite3_module module = {
    .xConnect = connect,
    .xBestIndex = choose_plan,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = rewind_cursor,
    .xNext = next,
    .xEof = is_over,
    .xColumn = column,
    .xRowid = rowid,
};

enum err_code given_offer(struct given *g, sqlite3 *db, const char *path, struct err *e)
{
    return sqlite3_create_module(db, NAME, &module, g) == SQLITE_OK ? ERR_OK
                                                                    : sql_fail(e, db, path);
}

void given_withdraw(sqlite3 *db)
{
    sqlite3_create_module(db, NAME, NULL, NULL);
}
