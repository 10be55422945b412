/* Whether a run that is to go on is still the one that was begun. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/job/job_mask.h"
#include "sim/job/row_digest.h"
#include "sim/store/inside.h"
#include "sim/store/sql.h"

/* What may be another: it says how fast a run goes or when it stops, never what comes of a rollout.
 */
static const char *const free_keys[] = {
    "/simulation/concurrency",   "/simulation/threads",        "/simulation/max_qps",
    "/simulation/run_timeout_s", "/simulation/grader_workers", "/simulation/grade_cache",
};

static bool is_free(const char *pointer)
{
    for (size_t i = 0; i < COUNT_OF(free_keys); i++) {
        if (strcmp(pointer, free_keys[i]) == 0)
            return true;
    }
    return false;
}

static char *pointer_to(const char *parent, const char *key)
{
    struct buf p = {0};
    buf_text_add(&p, parent);
    buf_char(&p, '/');
    for (const char *c = key; *c; c++) {
        if (*c == '~' || *c == '/')
            buf_text_add(&p, *c == '~' ? "~0" : "~1");
        else
            buf_char(&p, *c);
    }
    return buf_take(&p);
}

/* The first value that is another. */
struct difference {
    char *pointer;          /* owned; NULL while there is none */
    const json_t *was, *is; /* NULL: it is not given */
};

static void compare(json_t *was, json_t *is, const char *pointer, struct difference *out);

static void compare_key(json_t *was, json_t *is, const char *pointer, const char *key,
                        struct difference *out)
{
    char *below = pointer_to(pointer, key);
    if (!is_free(below))
        compare(json_object_get(was, key), json_object_get(is, key), below, out);
    free(below);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the job file, which has a bound */
static void compare_objects(json_t *was, json_t *is, const char *pointer, struct difference *out)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(was, key, value)
    {
        if (!out->pointer)
            compare_key(was, is, pointer, key, out);
    }
    json_object_foreach(is, key, value)
    {
        if (!out->pointer && !json_object_get(was, key))
            compare_key(was, is, pointer, key, out);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void compare_lists(json_t *was, json_t *is, const char *pointer, struct difference *out)
{
    size_t n_was = json_array_size(was);
    size_t n_is = json_array_size(is);
    for (size_t i = 0; !out->pointer && i < (n_was > n_is ? n_was : n_is); i++) {
        char *below = mem_printf("%s/%zu", pointer, i);
        compare(json_array_get(was, i), json_array_get(is, i), below, out);
        free(below);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void compare(json_t *was, json_t *is, const char *pointer, struct difference *out)
{
    if (json_is_object(was) && json_is_object(is))
        compare_objects(was, is, pointer, out);
    else if (json_is_array(was) && json_is_array(is))
        compare_lists(was, is, pointer, out);
    else if (!was || !is || !json_equal(was, is))
        *out = (struct difference){mem_text(pointer), was, is};
}

static char *words_of(const json_t *value)
{
    enum { SHOWN = 60 };
    if (!value)
        return mem_text("not given");
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (strlen(text) > SHOWN)
        snprintf(text, strlen(text), "%s", json_is_object(value) ? "an object" : "a long value");
    return text;
}

static enum err_code tell_job(const struct store *s, const struct difference *d, struct err *e)
{
    char *before = words_of(d->was);
    char *now = words_of(d->is);
    if (strcmp(d->pointer, "/seed") == 0)
        err_set(e, ERR_JOB, "the seed has changed since the run began: it was %s, now it is %s",
                before, now);
    else
        err_set(e, ERR_JOB, "the job has changed since the run began: %s was %s, now it is %s",
                d->pointer, before, now);
    free(before);
    free(now);
    return err_fix(e,
                   "put the job back as it was (%.*sjob.yaml has it, masked), or begin a new run",
                   (int)(strlen(s->path) - strlen("run.db")), s->path);
}

static enum err_code match_job(const struct store *s, const struct job *job, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    enum err_code rc = sql_prepare(&stmt, s->db, s->path, "SELECT job FROM run", e);
    if (!rc)
        rc = sql_next(stmt, s->path, &have, e);
    if (!rc) {
        json_t *was = json_loads(sql_peek(stmt, 0), JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
        json_t *is = job_masked(job);
        struct difference d = {0};
        compare(was, is, "", &d);
        if (d.pointer)
            rc = tell_job(s, &d, e);
        free(d.pointer);
        json_decref(was);
        json_decref(is);
    }
    sqlite3_finalize(stmt);
    return rc;
}

/* The first row that is another; the file's digest is that of all of them. */
static enum err_code tell_row(const struct store *s, enum wave_phase phase, const struct dataset *d,
                              struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = true;
    size_t line = 0;
    enum err_code rc = sql_prepare(
        &stmt, s->db, s->path, "SELECT number, digest FROM row WHERE phase = ? ORDER BY number", e);
    if (!rc)
        sqlite3_bind_text(stmt, 1, store_phase(phase), -1, SQLITE_STATIC);
    for (size_t i = 0; !rc && have && !line && i < dataset_count(d); i++) {
        struct row row = {0};
        rc = sql_next(stmt, s->path, &have, e);
        if (!rc)
            rc = dataset_row(d, i, &row, e);
        if (!rc && have && (uint64_t)sqlite3_column_int64(stmt, 1) != row_digest(&row.tape))
            line = row.line;
        row_release(&row);
    }
    sqlite3_finalize(stmt);
    if (rc)
        return rc;
    if (line)
        err_set(e, ERR_DATA, "%s:%zu: the row has changed since the run began", dataset_path(d),
                line);
    else
        err_set(e, ERR_DATA, "%s: the file has changed since the run began", dataset_path(d));
    return err_fix(e, "put the file back as it was, or begin a new run");
}

static enum err_code match_file(const struct store *s, enum wave_phase phase,
                                const struct dataset *d, struct err *e)
{
    uint64_t digest = HASH_FNV;
    int64_t n_rows = 0;
    int64_t was = 0;
    char *count = mem_printf("SELECT n_rows FROM file WHERE phase = '%s'", store_phase(phase));
    char *content = mem_printf("SELECT digest FROM file WHERE phase = '%s'", store_phase(phase));
    enum err_code rc = sql_number(&n_rows, s->db, s->path, count, e);
    if (!rc)
        rc = sql_number(&was, s->db, s->path, content, e);
    free(count);
    free(content);
    for (size_t i = 0; !rc && i < dataset_count(d); i++) {
        struct row row = {0};
        rc = dataset_row(d, i, &row, e);
        if (!rc)
            digest = store_digest(digest, &row);
        row_release(&row);
    }
    if (rc || (digest == (uint64_t)was && (size_t)n_rows == dataset_count(d)))
        return rc;
    if ((size_t)n_rows != dataset_count(d)) {
        err_set(e, ERR_DATA, "%s: has %zu rows, and had %zu when the run began", dataset_path(d),
                dataset_count(d), (size_t)n_rows);
        return err_fix(e, "put the file back as it was, or begin a new run");
    }
    return tell_row(s, phase, d, e);
}

/* The columns that steps are recorded under are those that they would have now. */
static enum err_code match_metrics(const struct store *s, const struct store_run *run,
                                   struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = true;
    bool same = true;
    enum err_code rc = sql_prepare(&stmt, s->db, s->path, "SELECT name FROM metric ORDER BY id", e);
    for (size_t i = 0; !rc && same && i <= run->n_metrics; i++) {
        rc = sql_next(stmt, s->path, &have, e);
        same = have == (i < run->n_metrics) &&
               (!have || strcmp(sql_peek(stmt, 0), run->metrics[i]) == 0);
    }
    sqlite3_finalize(stmt);
    if (rc || same)
        return rc;
    err_set(e, ERR_DATA, "%s: was written by an rftsim whose results.csv has other columns",
            s->path);
    return err_fix(e, "go on with that version, or begin a new run");
}

enum err_code store_match(const struct store *s, const struct store_run *run, struct err *e)
{
    enum err_code rc = match_job(s, run->job, e);
    for (int p = 0; !rc && p < STORE_PHASES; p++)
        rc = match_file(s, (enum wave_phase)p, run->files[p], e);
    if (!rc && (uint64_t)s->head.seed != run->seed)
        rc = err_set(e, ERR_JOB, "the seed has changed since the run began");
    if (!rc && (uint64_t)s->head.n_steps != run->schedule->n_steps)
        rc = err_set(e, ERR_JOB, "the run has another number of steps than when it began");
    return rc ? rc : match_metrics(s, run, e);
}
