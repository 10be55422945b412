/* What a run is: written once, compared when it goes on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/job/job_mask.h"
#include "sim/job/reading.h"
#include "sim/job/row_digest.h"
#include "sim/store/inserts.h"
#include "sim/store/inside.h"
#include "sim/store/sql.h"

enum { ROWS_AT_ONCE = 1000 };

/* --- Writing --------------------------------------------------------------------------------- */

static enum err_code put(struct store *s, struct inserts *x, struct err *e)
{
    rows_end(&s->rows);
    enum err_code rc = inserts_put(x, s->rows.bytes.at, s->rows.bytes.len, e);
    rows_clear(&s->rows);
    return rc;
}

static void add_json(struct store *s, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    rows_word(&s->rows, text);
    free(text);
}

static void add_run(struct store *s, const struct store_run *run)
{
    const struct schedule *plan = run->schedule;
    const json_t *threshold = json_object_get(run->job->grader, "pass_threshold");
    char *path = realpath(run->job->doc->path, NULL);
    json_t *job = job_masked(run->job);
    rows_begin(&s->rows, ROWS_RUN);
    rows_word(&s->rows, RFTSIM_VERSION);
    rows_word(&s->rows, run->job->doc->path);
    rows_word(&s->rows, path ? path : run->job->doc->path);
    add_json(s, job);
    add_json(s, run->options);
    store_add_masked(s, run->job->model);
    rows_int(&s->rows, (int64_t)run->seed);
    rows_int(&s->rows, (int64_t)plan->n_steps);
    rows_int(&s->rows, plan->batch_size);
    rows_int(&s->rows, plan->n_epochs);
    rows_int(&s->rows, plan->eval_interval);
    rows_int(&s->rows, plan->eval_samples);
    rows_int(&s->rows, (int64_t)plan->group_size);
    rows_real(&s->rows, plan->compute_multiplier);
    rows_int(&s->rows, (int64_t)plan->service_rollouts_per_step);
    rows_int(&s->rows, run->job->max_episode_steps);
    rows_real(&s->rows, json_is_number(threshold) ? json_number_value(threshold) : NAN);
    rows_int(&s->rows, clock_unix_ns());
    rows_begin(&s->rows, ROWS_POLICY);
    rows_int(&s->rows, 1);
    rows_word(&s->rows, run->policy_type);
    const struct doc *checkpoint = run->job->policy_doc;
    json_t *spec = checkpoint ? json_object_get(checkpoint->source, "policy")
                              : json_object_get(json_object_get(job, "simulation"), "policy");
    add_json(s, spec);
    json_decref(job);
    free(path);
}

static void add_bit(struct store *s, const char *kind, int bit, const char *name)
{
    rows_begin(&s->rows, ROWS_BIT);
    rows_word(&s->rows, kind);
    rows_int(&s->rows, bit);
    rows_word(&s->rows, name);
}

static void add_bits(struct store *s)
{
    static const char *const warnings[] = {"call_id", "not_string", "size", "our_text"};
    for (int i = 0; i < GRADE_N_ERRORS; i++)
        add_bit(s, "grade_error", i, grade_error_name((enum grade_error)i));
    for (int i = 0; i < GRADE_N_NOTES; i++)
        add_bit(s, "grade_note", i, grade_note_id((enum grade_note)i));
    for (size_t i = 0; i < COUNT_OF(warnings); i++) /* enum tool_warning */
        add_bit(s, "tool_warning", (int)i, warnings[i]);
    for (int i = 0; i < READINGS; i++) {
        if (!reading_words[i / READING_WORDS][i % READING_WORDS])
            continue;
        char *name = mem_printf("%s=%s", reading_switch(i), reading_word(i));
        add_bit(s, "reading", i, name);
        free(name);
    }
}

static void add_grader(struct store *s, const struct grader *all)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(all, &n);
    for (size_t i = 0; i <= n; i++) {
        const struct grader *g = grader_at(all, i);
        rows_begin(&s->rows, ROWS_GRADER);
        rows_int(&s->rows, (int64_t)i);
        rows_word(&s->rows, i ? parts[i - 1].key : NULL);
        rows_word(&s->rows, grader_type(g));
        store_add_masked(s, grader_name(g));
        store_add_masked(s, grader_note(g));
    }
    s->n_graders = n + 1;
}

static void add_tools(struct store *s, const struct job *job)
{
    for (size_t i = 0; i < job->n_tools; i++) {
        rows_begin(&s->rows, ROWS_TOOL);
        rows_int(&s->rows, (int64_t)i);
        store_add_masked(s, job->tools[i].name);
    }
}

static void add_metrics(struct store *s, const struct store_run *run)
{
    for (size_t i = 0; i < run->n_metrics; i++) {
        rows_begin(&s->rows, ROWS_METRIC);
        rows_int(&s->rows, (int64_t)i);
        rows_word(&s->rows, run->metrics[i]);
    }
}

uint64_t store_digest(uint64_t h, const struct row *row)
{
    return hash_fnv(hash_fnv(h, row->item, row->item_len), "\n", 1);
}

static enum err_code add_file(struct store *s, struct inserts *x, enum wave_phase phase,
                              const struct dataset *d, struct err *e)
{
    uint64_t digest = HASH_FNV;
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < dataset_count(d); i++) {
        struct row row = {0};
        rc = dataset_row(d, i, &row, e);
        if (rc)
            break;
        digest = store_digest(digest, &row);
        rows_begin(&s->rows, ROWS_ROW);
        rows_word(&s->rows, store_phase(phase));
        rows_int(&s->rows, (int64_t)i);
        rows_int(&s->rows, (int64_t)row.line);
        rows_int(&s->rows, (int64_t)row_digest(&row.tape));
        row_release(&row);
        if (i % ROWS_AT_ONCE == 0)
            rc = put(s, x, e);
    }
    rows_begin(&s->rows, ROWS_FILE);
    rows_word(&s->rows, store_phase(phase));
    store_add_masked(s, dataset_path(d));
    rows_int(&s->rows, (int64_t)digest);
    rows_int(&s->rows, (int64_t)dataset_count(d));
    return rc ? rc : put(s, x, e);
}

enum err_code store_identify(struct store *s, const struct store_run *run, struct err *e)
{
    struct inserts x;
    enum err_code rc = inserts_init(&x, s->db, s->path, e);
    if (!rc) {
        add_run(s, run);
        add_bits(s);
        add_grader(s, run->grader);
        add_tools(s, run->job);
        add_metrics(s, run);
        rc = put(s, &x, e);
    }
    for (int p = 0; !rc && p < STORE_PHASES; p++)
        rc = add_file(s, &x, (enum wave_phase)p, run->files[p], e);
    inserts_release(&x);
    return rc;
}

/* --- Reading --------------------------------------------------------------------------------- */

/* The name under which the job was opened, if that is still the same file from here. */
static char *job_path(const char *name, const char *path)
{
    char *real = realpath(name, NULL);
    bool same = real && strcmp(real, path) == 0;
    free(real);
    return mem_text(same ? name : path);
}

enum err_code store_read_head(struct store *s, struct err *e)
{
    struct store_head *h = &s->head;
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    enum err_code rc = sql_prepare(
        &stmt, s->db, s->path,
        "SELECT job_name, job_path, state, summary, options, seed, n_steps,"
        " (SELECT count(*) FROM step), (SELECT count(*) FROM rollout),"
        " (SELECT coalesce(sum(elapsed_ns), 0) FROM wave), (SELECT count(*) FROM grader) FROM run",
        e);
    if (!rc)
        rc = sql_next(stmt, s->path, &have, e);
    if (!rc && !have)
        rc = err_set(e, ERR_IO, "%s: is damaged (it does not say what the run is)", s->path);
    if (!rc) {
        h->job_path = job_path(sql_peek(stmt, 0), sql_peek(stmt, 1));
        h->state = sql_text(stmt, 2);
        h->summary = sql_text(stmt, 3);
        h->options = json_loads(sql_peek(stmt, 4), 0, NULL);
        h->seed = sqlite3_column_int64(stmt, 5);
        h->n_steps = sqlite3_column_int(stmt, 6);
        h->steps_done = sqlite3_column_int(stmt, 7);
        h->n_rollouts = (uint64_t)sqlite3_column_int64(stmt, 8);
        h->seconds = (double)sqlite3_column_int64(stmt, 9) * 1e-9;
        s->n_graders = (size_t)sqlite3_column_int64(stmt, 10);
    }
    sqlite3_finalize(stmt);
    return rc;
}
