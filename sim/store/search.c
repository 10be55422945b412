#include "sim/store/search.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/store/database.h"
#include "sim/store/lock.h"
#include "sim/store/query.h"

static const char *const fields[] = {"answer", "arguments", "output"}; /* search.sql's columns */
enum { FIELDS = COUNT_OF(fields) };

/* The words as FTS5 wants them: each in quotes, so that nothing in them is syntax. */
static void make_query(struct buf *out, const char *words)
{
    const char *c = words;
    while (*(c += strspn(c, " \t\r\n"))) {
        bool phrase = *c == '"';
        size_t n = phrase ? strcspn(++c, "\"") : strcspn(c, " \t\r\n\"");
        bool prefix = !phrase && n > 1 && c[n - 1] == '*';
        if (n > strspn(c, " \t\r\n"))
            buf_printf(out, "%s\"%.*s\"%s", out->len ? " " : "", (int)(n - prefix), c,
                       prefix ? " *" : "");
        c += n + (phrase && c[n] == '"');
    }
}

/* An index under way: where it is, and the statement that adds a rollout to it. */
struct index {
    sqlite3 *db;
    const char *table; /* "main.search" */
    sqlite3_stmt *insert;
    struct buf text[FIELDS];
};

static void add_body(struct query *q, int column, struct buf *out)
{
    if (out->len)
        buf_char(out, '\n');
    query_body(q, column, out);
}

/* Collect the texts of a rollout. */
static enum err_code collect(struct index *x, int64_t rollout, struct err *e)
{
    struct query q;
    for (int i = 0; i < FIELDS; i++)
        buf_clear(&x->text[i]);
    query_open(&q, x->db, "SELECT answer, why FROM rollout WHERE id = ?");
    query_bind(&q, 1, rollout);
    if (query_next(&q)) {
        add_body(&q, 0, &x->text[0]);
        add_body(&q, 1, &x->text[0]);
    }
    enum err_code rc = query_close(&q, e);
    if (rc)
        return rc;
    query_open(&q, x->db,
               "SELECT arguments, output FROM call WHERE rollout = ?1 UNION ALL "
               "SELECT text, NULL FROM turn WHERE rollout = ?1");
    query_bind(&q, 1, rollout);
    while (query_next(&q)) {
        add_body(&q, 0, &x->text[1]);
        add_body(&q, 1, &x->text[2]);
    }
    return query_close(&q, e);
}

static enum err_code add_rollout(struct index *x, int64_t rollout, struct err *e)
{
    enum err_code rc = collect(x, rollout, e);
    if (rc)
        return rc;
    sqlite3_reset(x->insert);
    sqlite3_bind_int64(x->insert, 1, rollout);
    for (int i = 0; i < FIELDS; i++)
        sqlite3_bind_text(x->insert, 2 + i, buf_text(&x->text[i]), (int)x->text[i].len,
                          SQLITE_STATIC);
    return sqlite3_step(x->insert) == SQLITE_DONE
               ? ERR_OK
               : sql_fail(e, x->db, sqlite3_db_filename(x->db, "main"));
}

static enum err_code index_open(struct index *x, struct err *e)
{
    char *sql = mem_printf("INSERT INTO %s (rowid, answer, arguments, output) VALUES (?, ?, ?, ?)",
                           x->table);
    enum err_code rc = sql_prepare(&x->insert, x->db, sqlite3_db_filename(x->db, "main"), sql, e);
    free(sql);
    return rc;
}

static void index_close(struct index *x)
{
    sqlite3_finalize(x->insert);
    for (int i = 0; i < FIELDS; i++)
        buf_release(&x->text[i]);
}

/* Index every rollout of the waves that `waves` gives. */
static enum err_code add_waves(sqlite3 *db, const char *table, const char *waves, struct err *e)
{
    struct index x = {.db = db, .table = table};
    struct query q;
    char *sql = mem_printf("SELECT rollout.id FROM (%s) AS w JOIN rollout ON rollout.id "
                           "BETWEEN w.id << 32 AND (w.id << 32) + 4294967295",
                           waves);
    enum err_code rc = index_open(&x, e);
    for (query_open(&q, db, sql); !rc && query_next(&q);)
        rc = add_rollout(&x, query_int(&q, 0), e);
    rc = query_close(&q, e);
    index_close(&x);
    free(sql);
    return rc;
}

/* Bring the index in run.db up to date. */
static enum err_code keep_index(sqlite3 *db, const char *path, struct err *e)
{
    static const char waves[] = "SELECT id FROM main.wave WHERE ended AND id NOT IN "
                                "(SELECT wave FROM indexed)";
    enum err_code rc = sql_run(db, path, "BEGIN IMMEDIATE", e);
    if (!rc)
        rc = add_waves(db, "main.search", waves, e);
    if (!rc)
        rc = sql_run(db, path,
                     "INSERT INTO indexed SELECT id FROM wave WHERE ended AND id NOT IN "
                     "(SELECT wave FROM indexed); COMMIT",
                     e);
    return rc;
}

#define TEMP_SEARCH                                                        \
    "CREATE VIRTUAL TABLE temp.%s USING fts5 (answer, arguments, output, " \
    "tokenize = 'unicode61 remove_diacritics 2'%s)"

/* Index in memory the waves that the kept index has not. */
static enum err_code make_rest(sqlite3 *db, const char *path, bool kept, struct err *e)
{
    char *sql = mem_printf(TEMP_SEARCH, "rest", ", content = ''");
    enum err_code rc = sql_run(db, path, sql, e);
    free(sql);
    if (rc)
        return rc;
    return add_waves(db, "temp.rest",
                     kept ? "SELECT id FROM main.wave WHERE id NOT IN (SELECT wave FROM indexed)"
                          : "SELECT id FROM main.wave",
                     e);
}

/* The rollouts that match, the best first, into temp.shown with their texts. */
static enum err_code match(struct search_hits *out, sqlite3 *db, const char *words, bool kept,
                           size_t most, struct err *e)
{
    struct index x = {.db = db, .table = "temp.shown"};
    struct query q;
    enum err_code rc = index_open(&x, e);
    query_open(&q, db,
               kept
                   ? "SELECT rowid FROM (SELECT rowid, rank FROM main.search WHERE search MATCH ?1 "
                     "UNION ALL SELECT rowid, rank FROM temp.rest WHERE rest MATCH ?1) "
                     "ORDER BY rank, rowid"
                   : "SELECT rowid FROM temp.rest WHERE rest MATCH ?1 ORDER BY rank, rowid");
    query_bind_text(&q, 1, words);
    while (!rc && query_next(&q)) {
        if (out->n_all++ >= most)
            continue;
        out->at = mem_grow(out->at, out->n + 1, sizeof(*out->at));
        out->at[out->n++] = (struct search_hit){.rollout = query_int(&q, 0)};
        rc = add_rollout(&x, query_int(&q, 0), e);
    }
    rc = query_close(&q, e);
    index_close(&x);
    return rc;
}

/* Around the match in the first field that has one. */
static void take_excerpt(struct search_hit *hit, const struct query *q)
{
    for (int i = 0; i < FIELDS && !hit->excerpt; i++) {
        const char *text = query_text(q, 1 + i);
        if (!text || !strstr(text, SEARCH_OPEN))
            continue;
        hit->field = fields[i];
        hit->excerpt = mem_text(text);
    }
}

static enum err_code excerpt(struct search_hits *out, sqlite3 *db, const char *words, struct err *e)
{
    struct query q;
    query_open(
        &q, db,
        "SELECT rowid, snippet(shown, 0, char(1), char(2), '...', 12), "
        "snippet(shown, 1, char(1), char(2), '...', 12), "
        "snippet(shown, 2, char(1), char(2), '...', 12) FROM temp.shown WHERE shown MATCH ?");
    query_bind_text(&q, 1, words);
    while (query_next(&q)) {
        for (size_t i = 0; i < out->n; i++) {
            if (out->at[i].rollout == query_int(&q, 0))
                take_excerpt(&out->at[i], &q);
        }
    }
    return query_close(&q, e);
}

static enum err_code find(struct search_hits *out, sqlite3 *db, const char *path, const char *words,
                          bool kept, size_t most, struct err *e)
{
    char *sql = mem_printf(TEMP_SEARCH, "shown", "");
    enum err_code rc = make_rest(db, path, kept, e);
    if (!rc)
        rc = sql_run(db, path, sql, e);
    if (!rc)
        rc = match(out, db, words, kept, most, e);
    if (!rc)
        rc = excerpt(out, db, words, e);
    free(sql);
    return rc;
}

/* Open the run to keep an index in it: nobody is at it, and it may be written to. */
static bool open_to_keep(sqlite3 **db, int *lock, const char *folder, const char *path)
{
    struct err e = {0};
    bool kept = run_lock(lock, folder, &e) == ERR_OK && database_open(db, path, &e) == ERR_OK &&
                keep_index(*db, path, &e) == ERR_OK;
    if (kept)
        return true;
    database_close(*db);
    *db = NULL;
    err_clear(&e);
    return false;
}

enum err_code search_run(struct search_hits *out, const char *folder, const char *words,
                         size_t most, struct err *e)
{
    struct buf query = {0};
    sqlite3 *db = NULL;
    int lock = -1;
    *out = (struct search_hits){0};
    make_query(&query, words);
    if (!query.len) {
        buf_release(&query);
        return err_set(e, ERR_USAGE, "there are no words to search for");
    }
    char *path = mem_printf("%s/run.db", folder);
    bool kept = open_to_keep(&db, &lock, folder, path);
    enum err_code rc = kept ? ERR_OK : database_view(&db, path, e);
    if (!rc)
        rc = find(out, db, path, buf_text(&query), kept, most, e);
    database_close(db);
    run_unlock(lock);
    buf_release(&query);
    free(path);
    return rc;
}

void search_release(struct search_hits *h)
{
    for (size_t i = 0; i < h->n; i++)
        free(h->at[i].excerpt);
    free(h->at);
    *h = (struct search_hits){0};
}
