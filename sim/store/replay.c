/* What a run that goes on is told anew: steps, events, what was asked of models and hosts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/store/inside.h"
#include "sim/store/sql.h"

static enum err_code recall_spent(struct store *s, struct run *run, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = true;
    enum err_code rc =
        sql_prepare(&stmt, s->read, s->path,
                    "SELECT grader, n_grades, prompt, completion, total, cached FROM spent", e);
    while (!rc && have) {
        rc = sql_next(stmt, s->path, &have, e);
        if (rc || !have)
            break;
        run_add_spent(run, (size_t)sqlite3_column_int64(stmt, 0),
                      &(struct grader_spent){.n_grades = (uint64_t)sqlite3_column_int64(stmt, 1),
                                             .tokens = {.prompt = sqlite3_column_int64(stmt, 2),
                                                        .completion = sqlite3_column_int64(stmt, 3),
                                                        .total = sqlite3_column_int64(stmt, 4),
                                                        .cached = sqlite3_column_int64(stmt, 5)}});
    }
    sqlite3_finalize(stmt);
    return rc;
}

static enum err_code recall_host(struct store *s, struct run *run, size_t i, sqlite3_stmt *stmt,
                                 struct err *e)
{
    struct buf url = {0};
    bool have = false;
    const char *whole = run_hosts(run)->at[i]->url;
    secret_mask(&url, whole, strlen(whole));
    sqlite3_reset(stmt);
    sqlite3_bind_text(stmt, 1, buf_text(&url), (int)url.len, SQLITE_STATIC);
    enum err_code rc = sql_next(stmt, s->path, &have, e);
    if (have)
        run_add_past(run, i, (uint64_t)sqlite3_column_int64(stmt, 0));
    buf_release(&url);
    return rc;
}

enum err_code store_recall_spent(struct store *s, struct run *run, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    enum err_code rc = recall_spent(s, run, e);
    if (!rc)
        rc = sql_prepare(&stmt, s->read, s->path, "SELECT n_requests FROM host WHERE url = ?", e);
    for (size_t i = 0; !rc && i < run_hosts(run)->n; i++)
        rc = recall_host(s, run, i, stmt, e);
    sqlite3_finalize(stmt);
    return rc;
}

/* The values of one step, of n_metrics. */
static enum err_code read_values(struct store *s, sqlite3_stmt *stmt, int64_t step, double *values,
                                 size_t n_metrics, struct err *e)
{
    bool have = true;
    enum err_code rc = ERR_OK;
    for (size_t i = 0; i < n_metrics; i++)
        values[i] = NAN;
    sqlite3_reset(stmt);
    sqlite3_bind_int64(stmt, 1, step);
    while (!rc && have) {
        rc = sql_next(stmt, s->path, &have, e);
        size_t metric = have ? (size_t)sqlite3_column_int64(stmt, 0) : n_metrics;
        if (metric < n_metrics)
            values[metric] = sqlite3_column_double(stmt, 1);
    }
    return rc;
}

enum err_code store_each_step(struct store *s,
                              enum err_code (*each)(void *arg, const char *stamp,
                                                    const double *values, struct err *e),
                              void *arg, size_t n_metrics, struct err *e)
{
    sqlite3_stmt *steps = NULL;
    sqlite3_stmt *of_step = NULL;
    double *values = mem_array(n_metrics, sizeof(*values));
    bool have = true;
    enum err_code rc =
        sql_prepare(&steps, s->db, s->path, "SELECT number, ended_at FROM step ORDER BY number", e);
    if (!rc)
        rc = sql_prepare(&of_step, s->db, s->path, "SELECT metric, value FROM value WHERE step = ?",
                         e);
    while (!rc && have) {
        rc = sql_next(steps, s->path, &have, e);
        if (!rc && have)
            rc = read_values(s, of_step, sqlite3_column_int64(steps, 0), values, n_metrics, e);
        if (!rc && have)
            rc = each(arg, sql_peek(steps, 1), values, e);
    }
    sqlite3_finalize(steps);
    sqlite3_finalize(of_step);
    free(values);
    return rc;
}

enum err_code store_each_event(struct store *s,
                               enum err_code (*each)(void *arg, const char *line, size_t len,
                                                     struct err *e),
                               void *arg, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = true;
    enum err_code rc =
        sql_prepare(&stmt, s->db, s->path, "SELECT line FROM event ORDER BY number", e);
    while (!rc && have) {
        rc = sql_next(stmt, s->path, &have, e);
        if (!rc && have) {
            const char *line = sql_peek(stmt, 0);
            rc = each(arg, line, (size_t)sqlite3_column_bytes(stmt, 0), e);
        }
    }
    sqlite3_finalize(stmt);
    return rc;
}
