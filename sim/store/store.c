#include "sim/store/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/store/database.h"
#include "sim/store/inside.h"
#include "sim/store/lock.h"

const char *store_phase(enum wave_phase phase)
{
    return phase == WAVE_TRAIN ? "train" : "valid";
}

static struct store *store_new(const char *folder)
{
    struct store *s = mem_new(sizeof(*s));
    s->path = mem_printf("%s/run.db", folder);
    s->lock = -1;
    return s;
}

void store_add_masked(struct store *s, const char *text)
{
    struct buf masked = {0};
    if (text)
        secret_mask(&masked, text, strlen(text));
    rows_word(&s->rows, text ? buf_text(&masked) : NULL);
    buf_release(&masked);
}

enum err_code store_create(struct store **out, const char *folder, const struct store_run *run,
                           struct err *e)
{
    struct store *s = store_new(folder);
    enum err_code rc = run_lock(&s->lock, folder, e);
    bool locked = !rc;
    if (!rc)
        rc = database_create(&s->db, s->path, e);
    if (!rc)
        rc = store_identify(s, run, e);
    if (!rc)
        rc = sql_run(s->db, s->path, "COMMIT", e);
    if (rc)
        store_close(s);
    else
        *out = s;
    return rc == ERR_IO && locked ? err_fix(e, "once that is mended, run the job again") : rc;
}

enum err_code store_open(struct store **out, const char *folder, struct err *e)
{
    struct store *s = store_new(folder);
    enum err_code rc = ERR_OK;
    if (access(s->path, F_OK) == 0) /* else there is no run whose lock it would be */
        rc = run_lock(&s->lock, folder, e);
    if (!rc)
        rc = database_open(&s->db, s->path, e);
    if (!rc)
        rc = store_read_head(s, e);
    if (rc)
        store_close(s);
    else
        *out = s;
    return rc;
}

const struct store_head *store_head(const struct store *s)
{
    return &s->head;
}

/* Hand over what stands in s->rows. */
static void put(struct store *s)
{
    writer_put(s->writer, &s->rows);
    rows_clear(&s->rows);
}

enum err_code store_start(struct store *s, bool durable, size_t n_threads, struct err *e)
{
    const char *sync = durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
    enum err_code rc = sql_run(s->db, s->path, sync, e);
    if (!rc)
        rc = sql_number(&s->process, s->db, s->path,
                        "SELECT coalesce(max(number), 0) + 1 FROM process", e);
    if (!rc)
        rc = database_read(&s->read, s->path, e);
    if (!rc)
        rc = writer_new(&s->writer, s->db, s->path, e);
    if (rc)
        return rc;
    s->scribes = mem_array(n_threads, sizeof(*s->scribes));
    s->n_scribes = n_threads;
    rows_begin(&s->rows, ROWS_PROCESS);
    rows_int(&s->rows, s->process);
    rows_word(&s->rows, RFTSIM_VERSION);
    rows_int(&s->rows, getpid());
    rows_int(&s->rows, clock_unix_ns());
    rows_begin(&s->rows, ROWS_BEGUN);
    put(s);
    return ERR_OK;
}

void store_step(struct store *s, int step, const char *stamp, const double *values, size_t n)
{
    rows_begin(&s->rows, ROWS_STEP);
    rows_int(&s->rows, step);
    rows_word(&s->rows, stamp);
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        rows_begin(&s->rows, ROWS_VALUE);
        rows_int(&s->rows, step);
        rows_int(&s->rows, (int64_t)i);
        rows_real(&s->rows, values[i]);
    }
}

void store_checkpoint(struct store *s, int step, double reward, const char *policy)
{
    rows_begin(&s->rows, ROWS_CHECKPOINT);
    rows_int(&s->rows, step);
    rows_real(&s->rows, reward);
    rows_word(&s->rows, policy);
    put(s);
}

void store_checkpoint_out(struct store *s, int step)
{
    rows_begin(&s->rows, ROWS_CHECKPOINT_OUT);
    rows_int(&s->rows, step);
    put(s);
}

enum err_code store_keeps(const struct store *s, int step, bool *out, struct err *e)
{
    char *query = mem_printf("SELECT count(*) FROM checkpoint WHERE step = %d", step);
    int64_t n = 0;
    enum err_code rc = sql_number(&n, s->read, s->path, query, e);
    *out = n > 0;
    free(query);
    return rc;
}

void store_event(struct store *s, const char *line, size_t len, bool more)
{
    rows_begin(&s->rows, ROWS_EVENT);
    rows_text(&s->rows, line, len);
    if (!more)
        put(s);
}

/* The wave if it is recorded: its number, or 0. */
static enum err_code find_wave(struct store *s, const struct wave *w, int64_t *id, int64_t *past_ns,
                               bool *ended, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    enum err_code rc =
        sql_prepare(&stmt, s->read, s->path,
                    "SELECT id, elapsed_ns, ended FROM wave WHERE phase = ? AND step = ?", e);
    if (!rc) {
        sqlite3_bind_text(stmt, 1, store_phase(w->phase), -1, SQLITE_STATIC);
        sqlite3_bind_int(stmt, 2, w->step);
        rc = sql_next(stmt, s->path, &have, e);
    }
    *id = have ? sqlite3_column_int64(stmt, 0) : 0;
    *past_ns = have ? sqlite3_column_int64(stmt, 1) : 0;
    *ended = have && sqlite3_column_int(stmt, 2);
    sqlite3_finalize(stmt);
    return rc;
}

static void add_wave(struct store *s, const struct wave *w)
{
    rows_begin(&s->rows, ROWS_WAVE);
    rows_int(&s->rows, s->wave);
    rows_word(&s->rows, store_phase(w->phase));
    rows_int(&s->rows, w->step);
    rows_int(&s->rows, (int64_t)w->n_rows);
    rows_int(&s->rows, (int64_t)w->n_samples);
    rows_int(&s->rows, clock_unix_ns());
    put(s);
}

enum err_code store_wave(struct store *s, struct wave *w, int64_t *past_ns, bool *ended,
                         struct err *e)
{
    int64_t id = 0;
    enum err_code rc = find_wave(s, w, &id, past_ns, ended, e);
    if (rc)
        return rc;
    s->wave = ++s->n_waves;
    s->wave_past = *past_ns;
    if (!id) {
        add_wave(s, w);
        return ERR_OK;
    }
    if (id != s->wave)
        return err_set(e, ERR_DATA, "%s: is damaged (the %s wave of step %d stands out of order)",
                       s->path, store_phase(w->phase), w->step);
    return store_recall(s, w, id, e);
}

static void add_time(struct store *s, int64_t elapsed_ns, bool ended)
{
    rows_begin(&s->rows, ROWS_WAVE_TIME);
    rows_int(&s->rows, s->wave);
    rows_int(&s->rows, elapsed_ns);
    rows_int(&s->rows, ended);
}

void store_wave_time(struct store *s, int64_t now_ns)
{
    add_time(s, s->wave_past + now_ns, false);
    put(s);
}

static void add_spent(struct store *s, const struct run *run)
{
    struct grader_spent spent;
    for (size_t i = 0; i < s->n_graders; i++) {
        if (!run_spent(run, i, &spent))
            continue;
        rows_begin(&s->rows, ROWS_SPENT);
        rows_int(&s->rows, (int64_t)i);
        store_add_masked(s, spent.model);
        rows_int(&s->rows, (int64_t)spent.n_grades);
        rows_int(&s->rows, spent.tokens.prompt);
        rows_int(&s->rows, spent.tokens.completion);
        rows_int(&s->rows, spent.tokens.total);
        rows_int(&s->rows, spent.tokens.cached);
    }
}

static void add_hosts(struct store *s, const struct run *run)
{
    const struct hosts *hosts = run_hosts(run);
    for (size_t i = 0; i < hosts->n; i++) {
        const struct host *host = hosts->at[i];
        rows_begin(&s->rows, ROWS_HOST);
        store_add_masked(s, host->url);
        rows_int(&s->rows, (int64_t)(host->n_before + host->meter.total));
    }
}

static void add_asked(struct store *s, const struct run *run)
{
    if (!run)
        return;
    add_spent(s, run);
    add_hosts(s, run);
}

enum err_code store_wave_end(struct store *s, int64_t elapsed_ns, const struct run *run,
                             struct err *e)
{
    add_time(s, elapsed_ns, true);
    add_asked(s, run);
    put(s);
    return store_flush(s, e);
}

enum err_code store_flush(struct store *s, struct err *e)
{
    return writer_flush(s->writer, e);
}

bool store_has_failed(const struct store *s)
{
    return s->writer && writer_has_failed(s->writer);
}

enum err_code store_end(struct store *s, const struct run *run, const char *state, const char *why,
                        const char *summary, struct err *e)
{
    int64_t now = clock_unix_ns();
    add_asked(s, run);
    rows_begin(&s->rows, ROWS_ENDED);
    rows_word(&s->rows, state);
    rows_word(&s->rows, why);
    rows_int(&s->rows, now);
    rows_word(&s->rows, summary);
    rows_begin(&s->rows, ROWS_PROCESS_ENDED);
    rows_int(&s->rows, s->process);
    rows_int(&s->rows, now);
    put(s);
    return store_flush(s, e);
}

static void head_release(struct store_head *h)
{
    free(h->job_path);
    free(h->state);
    free(h->summary);
    json_decref(h->options);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    writer_free(s->writer);
    database_close(s->read);
    database_close(s->db); /* the last one: brings the WAL in and removes it */
    run_unlock(s->lock);
    for (size_t i = 0; i < s->n_scribes; i++)
        scribe_release(&s->scribes[i]);
    for (struct kept_text *next = NULL; s->kept; s->kept = next) {
        next = s->kept->next;
        free(s->kept);
    }
    free(s->scribes);
    rows_release(&s->rows);
    head_release(&s->head);
    free(s->path);
    free(s);
}
