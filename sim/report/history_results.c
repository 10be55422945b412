#include "sim/report/history_results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/tape.h"
#include "sim/base/text.h"
#include "sim/report/history_columns.h"

enum {
    MAX_BYTES = 64 << 20,
    MAX_COLUMNS = 8192,
    MAX_CELLS = 4 << 20, /* 95,000 steps of the 44 columns of a job with one tool */
};

/* A row of a step without an evaluation has about 1e-4 s for one (EV-6). */
static const double no_eval_s = 1e-3;

struct reading {
    struct history *h;
    const char *path;
    char *text; /* owned */
    size_t len;
    struct cells cells;
    struct history_column *columns; /* owned */
    size_t n_columns;
    size_t n_cells; /* read so far */
    size_t room;    /* of the history's steps */
};

static enum err_code fail(const struct reading *r, size_t offset, const char *what, struct err *e)
{
    size_t line = 0;
    size_t col = 0;
    tape_place(r->text, offset, &line, &col);
    return err_set(e, ERR_DATA, "%s:%zu:%zu: %s", r->path, line, col, what);
}

static enum err_code fail_at(const struct reading *r, size_t cell, const char *what, struct err *e)
{
    return fail(r, r->cells.at[cell].offset, what, e);
}

static enum err_code next_line(struct reading *r, bool *have, struct err *e)
{
    struct cells_fault fault;
    if (!cells_next(&r->cells, have, &fault))
        return fail(r, fault.offset, fault.what, e);
    return ERR_OK;
}

/* --- The header ------------------------------------------------------------------------------ */

static enum err_code check_header(const struct reading *r, struct err *e)
{
    size_t n_steps = 0;
    if (r->n_columns > MAX_COLUMNS)
        return fail_at(r, MAX_COLUMNS, "more than 8,192 columns", e);
    for (size_t i = 0; i < r->n_columns; i++) {
        const struct cell *cell = &r->cells.at[i];
        const char *name = cells_text(&r->cells, i);
        for (size_t at = 0; at < cell->len; at += text_sequence(name + at, cell->len - at)) {
            if (!text_sequence(name + at, cell->len - at))
                return fail_at(r, i, "a column whose name is not UTF-8", e);
        }
        n_steps += strcmp(name, "step") == 0;
    }
    if (n_steps)
        return ERR_OK;
    fail_at(r, 0, "no column is called step", e);
    return err_fix(e, "give a result file of a job (columns step, train_mean_reward, ...), an "
                      "export of an evaluation, or a run's folder");
}

static enum err_code read_header(struct reading *r, struct err *e)
{
    bool have = false;
    enum err_code rc = next_line(r, &have, e);
    if (rc)
        return rc;
    if (!have)
        return err_set(e, ERR_DATA, "%s: empty", r->path);
    r->n_columns = r->cells.n;
    rc = check_header(r, e);
    if (rc)
        return rc;
    r->columns = mem_array(r->n_columns, sizeof(*r->columns));
    history_columns_read(r->h, &r->cells, r->columns);
    return ERR_OK;
}

/* --- A row ----------------------------------------------------------------------------------- */

static void step_init(const struct history *h, struct history_step *s)
{
    *s = (struct history_step){
        .train_mean = NAN,
        .train_penalised = NAN,
        .valid_mean = NAN,
        .valid_step = -1,
        .n_rollouts = -1,
        .n_graded = -1,
        .n_valid = -1,
        .n_valid_graded = -1,
        .sampling_s = NAN,
        .training_s = NAN,
        .eval_s = NAN,
        .total_s = NAN,
        .completion_tokens = NAN,
        .reasoning_tokens = NAN,
        .unresponsive = NAN,
        .error_share = NAN,
    };
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        s->tools[p] = mem_array(h->n_tools, sizeof(*s->tools[p]));
        for (size_t i = 0; i < h->n_tools; i++)
            s->tools[p][i] = (struct history_tool_step){NAN, NAN, NAN, NAN, NAN};
    }
    s->graders = mem_array(h->n_graders, sizeof(*s->graders));
    for (size_t i = 0; i < h->n_graders; i++) {
        struct history_grader_step *g = &s->graders[i];
        for (size_t p = 0; p < HISTORY_PHASES; p++) {
            g->mean[p] = g->latency_s[p] = NAN;
            g->n_graded[p] = -1;
            for (size_t k = 0; k < GRADE_N_ERRORS; k++)
                g->errors[p][k] = NAN;
        }
    }
}

/* Where a column's value goes in a step; NULL for nowhere. */
static void *member(struct history_step *s, const struct history_column *c)
{
    switch (c->of) {
    case COLUMN_NONE:
    case COLUMN_NUMBER:
        break;
    case COLUMN_STEP:
        return (char *)s + c->offset;
    case COLUMN_GRADER:
        return (char *)&s->graders[c->index] + c->offset;
    case COLUMN_TOOL:
        return (char *)&s->tools[c->phase][c->index] + c->offset;
    }
    return NULL;
}

/* The number in a cell; NAN for a blank one. */
static enum err_code read_number(const struct reading *r, size_t cell, double *out, struct err *e)
{
    const char *text = cells_text(&r->cells, cell);
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len && strchr(" \t", text[len - 1]))
        len--;
    *out = NAN;
    if (!len || (len == 3 && strncasecmp(text, "nan", len) == 0))
        return ERR_OK;
    return num_parse(out, text, len) ? ERR_OK : fail_at(r, cell, "not a number", e);
}

static enum err_code read_whole(const struct reading *r, size_t cell, int64_t most, int64_t *out,
                                struct err *e)
{
    double value = 0;
    enum err_code rc = read_number(r, cell, &value, e);
    if (rc || isnan(value))
        return rc;
    if (value < 0 || value > (double)most || value != floor(value))
        return fail_at(r, cell, "not a whole number in bounds", e);
    *out = (int64_t)value;
    return ERR_OK;
}

/* Of several columns for one member the first that is not blank counts. */
static enum err_code read_cell(const struct reading *r, size_t cell, struct history_step *s,
                               struct err *e)
{
    const struct history_column *c = &r->columns[cell];
    void *to = member(s, c);
    if (!to)
        return ERR_OK;
    if (c->count) {
        int64_t *count = to;
        return *count < 0 ? read_whole(r, cell, (int64_t)1 << 53, count, e) : ERR_OK;
    }
    double *number = to;
    return isnan(*number) ? read_number(r, cell, number, e) : ERR_OK;
}

static enum err_code read_step_number(const struct reading *r, struct history_step *s,
                                      struct err *e)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        int64_t number = -1;
        if (r->columns[i].of != COLUMN_NUMBER)
            continue;
        enum err_code rc = read_whole(r, i, INT32_MAX, &number, e);
        if (!rc && number < 0)
            rc = fail_at(r, i, "a line without the number of its step", e);
        s->step = (int)number;
        return rc;
    }
    return ERR_OK;
}

static enum err_code check_row(struct reading *r, struct err *e)
{
    size_t n = r->cells.n;
    char what[96];
    r->n_cells += n;
    if (r->n_cells > MAX_CELLS)
        return fail_at(r, 0, "more than 4,194,304 cells up to here", e);
    if (n == r->n_columns)
        return ERR_OK;
    snprintf(what, sizeof(what), "%zu cells under a header of %zu", n, r->n_columns);
    return fail_at(r, n < r->n_columns ? n - 1 : r->n_columns, what, e);
}

/* --- What a row implies ---------------------------------------------------------------------- */

/* EV-4 solved for the number of all rollouts: the penalised mean is (sum of rewards - ungraded) /
 * all, so all = graded * (mean + 1) / (penalised + 1). Nothing follows from a penalised mean of -1:
 * either nothing was graded, or only rewards of -1. What is no whole number was not made this way.
 */
static int64_t solve_rollouts(const struct history_step *s)
{
    if (s->n_graded < 0 || !(s->train_penalised > -1) || isnan(s->train_mean))
        return -1;
    double n = (double)s->n_graded * (s->train_mean + 1) / (s->train_penalised + 1);
    double whole = round(n);
    bool fits = fabs(n - whole) <= 1e-6 * fmax(whole, 1) && whole >= (double)s->n_graded;
    return fits && whole <= INT32_MAX ? (int64_t)whole : -1;
}

/* The number graded by the whole; if no column tells it, by its parts, which are graded together.
 */
static int64_t count_graded(const struct history *h, const struct history_step *s, size_t phase)
{
    if (!h->n_graders || s->graders[0].n_graded[phase] >= 0 || h->n_graders == 1)
        return h->n_graders ? s->graders[0].n_graded[phase] : -1;
    int64_t n = s->graders[1].n_graded[phase];
    for (size_t i = 2; i < h->n_graders; i++) {
        if (s->graders[i].n_graded[phase] != n)
            return -1;
    }
    return n;
}

/* The share of grades in error, if at most one kind was seen. */
static double share_in_error(const struct history_grader_step *g)
{
    double share = NAN;
    for (size_t k = 0; k < GRADE_N_ERRORS; k++) {
        double one = g->errors[WAVE_TRAIN][k];
        if (isnan(one))
            continue;
        if (share > 0 && one > 0)
            return NAN;
        share = fmax(one, isnan(share) ? 0 : share);
    }
    return share;
}

/* EV-8: rate = failed / (successful + failed). */
static double solve_failed(const struct history_tool_step *t)
{
    return t->error_rate >= 0 && t->error_rate < 1
               ? round(t->n_ok * t->error_rate / (1 - t->error_rate))
               : NAN;
}

static void finish_step(const struct history *h, struct history_step *s)
{
    s->n_graded = count_graded(h, s, WAVE_TRAIN);
    s->n_valid_graded = count_graded(h, s, WAVE_VALID);
    if (h->n_graders) {
        s->train_mean = s->graders[0].mean[WAVE_TRAIN];
        s->error_share = share_in_error(&s->graders[0]);
        if (isnan(s->valid_mean))
            s->valid_mean = s->graders[0].mean[WAVE_VALID]; /* the same (EV-5) */
    }
    s->n_rollouts = solve_rollouts(s);
    if (!isnan(s->valid_mean))
        s->valid_step = s->step == 1 && !(s->eval_s > no_eval_s) ? 0 : s->step;
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        for (size_t i = 0; i < h->n_tools; i++)
            s->tools[p][i].n_failed = solve_failed(&s->tools[p][i]);
    }
}

static enum err_code read_row(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    enum err_code rc = check_row(r, e);
    if (rc)
        return rc;
    if (h->n_steps == r->room) {
        r->room = r->room ? 2 * r->room : 64;
        h->steps = mem_grow(h->steps, r->room, sizeof(*h->steps));
    }
    struct history_step *s = &h->steps[h->n_steps++];
    step_init(h, s);
    rc = read_step_number(r, s, e);
    for (size_t i = 0; !rc && i < r->n_columns; i++)
        rc = read_cell(r, i, s, e);
    if (!rc)
        finish_step(h, s);
    return rc;
}

/* --- What all of them imply ------------------------------------------------------------------ */

/* By step, and of one step by the order in the file. */
static int compare(const void *a, const void *b, void *arg)
{
    const struct history_step *steps = arg;
    size_t i = *(const size_t *)a;
    size_t k = *(const size_t *)b;
    if (steps[i].step != steps[k].step)
        return steps[i].step < steps[k].step ? -1 : 1;
    return i < k ? -1 : i > k;
}

/* Put them in order. A step that stands there twice was taken twice: the later one counts. */
static void sort_steps(struct history *h)
{
    size_t n = 0;
    size_t *order = mem_array(h->n_steps, sizeof(*order));
    struct history_step *sorted = mem_array(h->n_steps, sizeof(*sorted));
    for (size_t i = 0; i < h->n_steps; i++)
        order[i] = i;
    qsort_r(order, h->n_steps, sizeof(*order), compare, h->steps);
    for (size_t i = 0; i < h->n_steps; i++) {
        if (n && sorted[n - 1].step == h->steps[order[i]].step)
            history_step_release(&sorted[--n]);
        sorted[n++] = h->steps[order[i]];
    }
    free(order);
    free(h->steps);
    h->steps = sorted;
    h->n_steps = n;
}

static void sum_tools(struct history *h)
{
    for (size_t i = 0; i < h->n_tools; i++) {
        for (size_t p = 0; p < HISTORY_PHASES; p++) {
            struct history_tool_sums *sums = &h->tools[i].of[p];
            sums->output_bytes = NAN;
            sums->first_failed = SIZE_MAX;
            for (size_t k = 0; k < h->n_steps; k++) {
                const struct history_tool_step *t = &h->steps[k].tools[p][i];
                sums->n_ok += t->n_ok > 0 && t->n_ok < 1e15 ? (uint64_t)t->n_ok : 0;
                sums->n_failed += t->n_failed > 0 && t->n_failed < 1e15 ? (uint64_t)t->n_failed : 0;
            }
        }
    }
}

/* The rollouts of a step, if all rows that tell agree. */
static double agreed_rollouts(const struct history *h)
{
    int64_t n = -1;
    for (size_t i = 0; i < h->n_steps; i++) {
        int64_t one = h->steps[i].n_rollouts;
        if (one >= 0 && n >= 0 && one != n)
            return NAN;
        n = one >= 0 ? one : n;
    }
    return n >= 0 ? (double)n : NAN;
}

static void finish(struct reading *r)
{
    struct history *h = r->h;
    const char *slash = strrchr(r->path, '/');
    sort_steps(h);
    sum_tools(h);
    h->source = HISTORY_RESULTS;
    h->title = mem_text(slash ? slash + 1 : r->path);
    h->seed = -1;
    h->total_steps = h->steps[h->n_steps - 1].step;
    h->pass_threshold = NAN;
    h->service_rollouts = agreed_rollouts(h);
}

static enum err_code read_all(struct reading *r, struct err *e)
{
    bool have = true;
    enum err_code rc = read_header(r, e);
    while (!rc) {
        rc = next_line(r, &have, e);
        if (rc || !have)
            break;
        rc = read_row(r, e);
    }
    if (!rc && !r->h->n_steps) {
        err_set(e, ERR_DATA, "%s: a header and no steps", r->path);
        rc = err_fix(e, "wait for the job's first step, then download it again");
    }
    return rc;
}

enum err_code history_read_results(struct history *out, const char *path, struct err *e)
{
    struct reading r = {.h = out, .path = path};
    enum err_code rc = file_read(&r.text, &r.len, path, MAX_BYTES, e);
    if (rc)
        return rc;
    cells_init(&r.cells, r.text, r.len);
    rc = read_all(&r, e);
    if (!rc)
        finish(&r);
    cells_release(&r.cells);
    free(r.columns);
    free(r.text);
    return rc;
}
