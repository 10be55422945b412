#include "sim/view/history_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/secret.h"

struct table {
    const char *name;
    const char *const *columns;
    size_t n_columns;
    size_t (*n_rows)(const struct history *h);
    void (*row)(struct sheet *s, const struct history *h, size_t i);
};

/* --- Cells ----------------------------------------------------------------------------------- */

static void put_text(struct sheet *s, const char *text)
{
    struct buf masked = {0};
    if (!text) {
        sheet_null(s);
        return;
    }
    secret_mask(&masked, text, strlen(text));
    sheet_text(s, buf_text(&masked), masked.len);
    buf_release(&masked);
}

/* -1 is not known. */
static void put_count(struct sheet *s, int64_t value)
{
    if (value < 0)
        sheet_null(s);
    else
        sheet_integer(s, value);
}

static void put_phase(struct sheet *s, size_t phase)
{
    put_text(s, phase == WAVE_VALID ? "valid" : "train");
}

static void put_seconds(struct sheet *s, const struct hist *latency, double quantile)
{
    sheet_real(s, latency->n ? (double)hist_quantile(latency, quantile) * 1e-9 : NAN);
}

/* The names of a grade's flags, a blank between them. */
static void put_errors(struct sheet *s, unsigned flags)
{
    struct buf names = {0};
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (flags >> i & 1)
            buf_printf(&names, "%s%s", names.len ? " " : "", grade_error_name((enum grade_error)i));
    }
    put_text(s, names.len ? buf_text(&names) : NULL);
    buf_release(&names);
}

/* --- Rows ------------------------------------------------------------------------------------ */

static const char *const wave_columns[] = {"number",    "phase",   "step",    "n_rollouts",
                                           "n_planned", "seconds", "complete"};

static size_t n_waves(const struct history *h)
{
    return h->n_waves;
}

static void put_wave(struct sheet *s, const struct history *h, size_t i)
{
    const struct history_wave *w = &h->waves[i];
    sheet_integer(s, (int64_t)i);
    put_phase(s, w->phase);
    put_count(s, w->step);
    sheet_integer(s, (int64_t)w->n);
    sheet_integer(s, (int64_t)w->n_planned);
    sheet_real(s, w->seconds);
    sheet_integer(s, w->complete);
}

static const char *const rollout_columns[] = {
    "id",      "wave",     "phase",   "step",          "place",        "sample",  "outcome",
    "reward",  "recorded", "errors",  "why",           "answered",     "n_turns", "n_tool_turns",
    "n_calls", "n_failed", "seconds", "grade_seconds", "bytes_written"};

static size_t n_rollouts(const struct history *h)
{
    return h->n_rollouts;
}

static void put_rollout(struct sheet *s, const struct history *h, size_t i)
{
    static const char *const recorded[] = {NULL, "failed", "passed"}; /* by enum export_verdict */
    const struct history_rollout *r = &h->rollouts[i];
    const struct history_wave *w = &h->waves[r->wave];
    char *place = history_place(h, i);
    sheet_integer(s, r->id);
    sheet_integer(s, r->wave);
    put_phase(s, w->phase);
    put_count(s, w->step);
    put_text(s, place);
    sheet_integer(s, r->sample);
    put_text(s, outcome_name((enum outcome)r->outcome));
    sheet_real(s, r->reward);
    put_text(s, recorded[r->verdict]);
    put_errors(s, r->flags);
    put_text(s, r->why);
    sheet_integer(s, r->answered);
    put_count(s, r->n_turns);
    put_count(s, r->n_tool_turns);
    put_count(s, r->n_calls);
    put_count(s, r->n_calls < 0 ? -1 : r->n_failed);
    sheet_real(s, r->seconds);
    sheet_real(s, r->grade_s);
    put_count(s, r->bytes);
    free(place);
}

static const char *const part_columns[] = {"rollout", "grader", "reward"};

static size_t n_parts(const struct history *h)
{
    return h->parts ? h->n_rollouts * (h->n_graders - 1) : 0;
}

static void put_part(struct sheet *s, const struct history *h, size_t i)
{
    sheet_integer(s, h->rollouts[i / (h->n_graders - 1)].id);
    sheet_integer(s, (int64_t)(i % (h->n_graders - 1) + 1));
    sheet_real(s, h->parts[i]);
}

static const char *const step_columns[] = {
    "step",         "ended_at",       "train_mean",        "train_penalised_mean",
    "valid_mean",   "valid_step",     "n_rollouts",        "n_graded",
    "n_valid",      "n_valid_graded", "sampling_seconds",  "training_seconds",
    "eval_seconds", "total_seconds",  "completion_tokens", "reasoning_tokens",
    "unresponsive", "error_share"};

static size_t n_steps(const struct history *h)
{
    return h->n_steps;
}

static void put_step(struct sheet *s, const struct history *h, size_t i)
{
    char stamp[CLOCK_STAMP_ROOM];
    const struct history_step *p = &h->steps[i];
    const double numbers[] = {p->sampling_s,   p->training_s,        p->eval_s,
                              p->total_s,      p->completion_tokens, p->reasoning_tokens,
                              p->unresponsive, p->error_share};
    sheet_integer(s, p->step);
    put_text(s, p->ended_at < 0 ? NULL : clock_stamp(stamp, p->ended_at));
    sheet_real(s, p->train_mean);
    sheet_real(s, p->train_penalised);
    sheet_real(s, p->valid_mean);
    put_count(s, p->valid_step);
    put_count(s, p->n_rollouts);
    put_count(s, p->n_graded);
    put_count(s, p->n_valid);
    put_count(s, p->n_valid_graded);
    for (size_t k = 0; k < COUNT_OF(numbers); k++)
        sheet_real(s, numbers[k]);
}

static const char *const step_tool_columns[] = {
    "step", "phase", "tool", "n_ok", "n_failed", "error_rate", "latency_seconds", "output_tokens"};

static size_t n_step_tools(const struct history *h)
{
    return h->n_steps * HISTORY_PHASES * h->n_tools;
}

static void put_step_tool(struct sheet *s, const struct history *h, size_t i)
{
    const struct history_step *p = &h->steps[i / (HISTORY_PHASES * h->n_tools)];
    size_t phase = i / h->n_tools % HISTORY_PHASES;
    size_t tool = i % h->n_tools;
    static const struct history_tool_step unknown = {NAN, NAN, NAN, NAN, NAN};
    const struct history_tool_step *t = p->tools[phase] ? &p->tools[phase][tool] : &unknown;
    sheet_integer(s, p->step);
    put_phase(s, phase);
    put_text(s, h->tools[tool].name);
    sheet_real(s, t->n_ok);
    sheet_real(s, t->n_failed);
    sheet_real(s, t->error_rate);
    sheet_real(s, t->latency_s);
    sheet_real(s, t->tokens);
}

static const char *const step_grader_columns[] = {"step",         "phase",    "grader",
                                                  "mean",         "n_graded", "latency_seconds",
#define X(name, words) words, /* the share of grades with this error */
                                                  GRADE_ERRORS(X)
#undef X
};

static size_t n_step_graders(const struct history *h)
{
    return h->n_steps * HISTORY_PHASES * h->n_graders;
}

static void put_step_grader(struct sheet *s, const struct history *h, size_t i)
{
    const struct history_step *p = &h->steps[i / (HISTORY_PHASES * h->n_graders)];
    size_t phase = i / h->n_graders % HISTORY_PHASES;
    const struct history_grader_step *g = p->graders ? &p->graders[i % h->n_graders] : NULL;
    sheet_integer(s, p->step);
    put_phase(s, phase);
    sheet_integer(s, (int64_t)(i % h->n_graders));
    sheet_real(s, g ? g->mean[phase] : NAN);
    put_count(s, g ? g->n_graded[phase] : -1);
    sheet_real(s, g ? g->latency_s[phase] : NAN);
    for (size_t k = 0; k < GRADE_N_ERRORS; k++)
        sheet_real(s, g ? g->errors[phase][k] : NAN);
}

static const char *const tool_columns[] = {"tool",        "phase",       "n_ok",
                                           "n_failed",    "n_requests",  "latency_p50",
                                           "latency_p90", "latency_p99", "output_bytes"};

static size_t n_tools(const struct history *h)
{
    return h->n_tools * HISTORY_PHASES;
}

static void put_tool(struct sheet *s, const struct history *h, size_t i)
{
    const struct history_tool *t = &h->tools[i / HISTORY_PHASES];
    const struct history_tool_sums *sums = &t->of[i % HISTORY_PHASES];
    put_text(s, t->name);
    put_phase(s, i % HISTORY_PHASES);
    sheet_integer(s, (int64_t)sums->n_ok);
    sheet_integer(s, (int64_t)sums->n_failed);
    put_count(s, sums->n_requests ? (int64_t)sums->n_requests : -1);
    put_seconds(s, &sums->latency, 0.5);
    put_seconds(s, &sums->latency, 0.9);
    put_seconds(s, &sums->latency, 0.99);
    sheet_real(s, sums->output_bytes);
}

static const char *const grader_columns[] = {"number", "key", "type", "name"};

static size_t n_graders(const struct history *h)
{
    return h->n_graders;
}

static void put_grader(struct sheet *s, const struct history *h, size_t i)
{
    sheet_integer(s, (int64_t)i);
    put_text(s, h->graders[i].key);
    put_text(s, h->graders[i].type);
    put_text(s, h->graders[i].name);
}

/* --------------------------------------------------------------------------------------------- */

static const struct table tables[] = {
    {"waves", wave_columns, COUNT_OF(wave_columns), n_waves, put_wave},
    {"rollouts", rollout_columns, COUNT_OF(rollout_columns), n_rollouts, put_rollout},
    {"parts", part_columns, COUNT_OF(part_columns), n_parts, put_part},
    {"steps", step_columns, COUNT_OF(step_columns), n_steps, put_step},
    {"step_tools", step_tool_columns, COUNT_OF(step_tool_columns), n_step_tools, put_step_tool},
    {"step_graders", step_grader_columns, COUNT_OF(step_grader_columns), n_step_graders,
     put_step_grader},
    {"tools", tool_columns, COUNT_OF(tool_columns), n_tools, put_tool},
    {"graders", grader_columns, COUNT_OF(grader_columns), n_graders, put_grader},
};

static enum err_code write_table(const struct stage *folder, enum sheet_format format,
                                 const struct table *t, const struct history *h, struct err *e)
{
    struct sheet s = {0};
    size_t n = t->n_rows(h);
    enum err_code rc = sheet_open(&s, folder, format, t->name, t->columns, t->n_columns, e);
    for (size_t i = 0; !rc && i < n; i++) {
        t->row(&s, h, i);
        rc = sheet_end_row(&s, e);
    }
    return sheet_close(&s, e) ? e->code : rc;
}

enum err_code history_tables_write(const struct stage *folder, enum sheet_format format,
                                   const struct history *h, struct err *e)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < COUNT_OF(tables); i++) {
        if (tables[i].n_rows(h))
            rc = write_table(folder, format, &tables[i], h, e);
    }
    return rc;
}
