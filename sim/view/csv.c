#include "sim/view/csv.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"

/* A cell: false leaves it blank. */
struct column {
    const char *name;
    bool (*value)(const struct step_report *r, double *out);
};

static bool value_step(const struct step_report *r, double *out)
{
    *out = r->step;
    return true;
}

static bool value_train_reward(const struct step_report *r, double *out)
{
    return tally_penalised_mean(r->train, out); /* EV-4 */
}

static bool value_valid_reward(const struct step_report *r, double *out)
{
    return r->valid && tally_mean(r->valid, out); /* EV-5 */
}

static bool value_unresponsive(const struct step_report *r, double *out)
{
    if (!r->train->n)
        return false;
    *out = (double)r->train->n_unresponsive / (double)r->train->n;
    return true;
}

/* Blank of a policy that asks no model (EV-10). */
static bool value_completion(const struct step_report *r, double *out)
{
    return tokens_completion_mean(&r->train->tokens, out);
}

static bool value_reasoning(const struct step_report *r, double *out)
{
    return tokens_reasoning_mean(&r->train->tokens, out);
}

static bool value_valid_reasoning(const struct step_report *r, double *out)
{
    return r->valid && tokens_reasoning_mean(&r->valid->tokens, out);
}

static bool value_n_reasoning(const struct step_report *r, double *out)
{
    *out = (double)r->train->tokens.n_reasoning;
    return r->train->tokens.n_reasoning > 0;
}

static bool value_n_valid_reasoning(const struct step_report *r, double *out)
{
    *out = r->valid ? (double)r->valid->tokens.n_reasoning : 0;
    return *out > 0;
}

static bool value_sampling(const struct step_report *r, double *out)
{
    *out = r->sampling_s;
    return true;
}

static bool value_eval(const struct step_report *r, double *out)
{
    *out = r->eval_s;
    return true;
}

static bool value_total(const struct step_report *r, double *out)
{
    *out = r->total_s;
    return true;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): a column's type */
static bool no_value(const struct step_report *r, double *out)
{
    (void)r;
    (void)out;
    return false;
}

static const struct column columns[] = {
    {"step", value_step},
    {"train_mean_reward", value_train_reward},
    {"full_valid_mean_reward", value_valid_reward},
    {"full_valid_mean_parse_error", no_value},
    {"completion_tokens_mean", value_completion},
    {"mean_unresponsive_rewards", value_unresponsive},
    {"usage/samples/train_reasoning_tokens_mean", value_reasoning},
    {"usage/samples/valid_reasoning_tokens_mean", value_valid_reasoning},
    {"usage/samples/train_reasoning_tokens_count", value_n_reasoning},
    {"usage/samples/valid_reasoning_tokens_count", value_n_valid_reasoning},
    {"sampling_duration", value_sampling},
    {"training_duration", no_value},
    {"eval_duration", value_eval},
    {"total_duration", value_total},
    {"reasoning_tokens_mean", value_reasoning},
};

/* A grader's errors in the service's order. It has no column for formula_parse_error (6.1). */
static const struct {
    const char *name;
    enum grade_error error;
} errors[] = {
    {"sample_parse_error", GRADE_ERROR_SAMPLE_PARSE},
    {"invalid_variable_error", GRADE_ERROR_INVALID_VARIABLE},
    {"other_error", GRADE_ERROR_OTHER},
};

static const char *const phases[] = {"train", "valid"};

/* A cell of text. */
static void add_text(struct buf *line, const char *text)
{
    if (line->len && line->at[line->len - 1] != '\n')
        buf_char(line, ',');
    if (!strpbrk(text, ",\"\r\n")) {
        buf_text_add(line, text);
        return;
    }
    buf_char(line, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            buf_char(line, '"');
        buf_char(line, *c);
    }
    buf_char(line, '"');
}

/* One more column, its name from parts. */
static void add_name(struct csv *c, const char *fmt, ...) PRINTF(2, 3);
static void add_name(struct csv *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    c->names = mem_grow(c->names, c->n + 1, sizeof(*c->names));
    c->names[c->n++] = mem_vprintf(fmt, ap);
    va_end(ap);
}

static void add_error_names(struct csv *c, const char *type, const char *name)
{
    for (size_t p = 0; p < COUNT_OF(phases); p++) {
        for (size_t i = 0; i < COUNT_OF(errors); i++) {
            add_name(c, "errors/graders/%s/%s/errors/%s_%s_mean", type, name, phases[p],
                     errors[i].name);
            add_name(c, "errors/graders/%s/%s/errors/%s_%s_count", type, name, phases[p],
                     errors[i].name);
        }
    }
}

static void add_score_names(struct csv *c, const char *type, const char *name)
{
    for (size_t p = 0; p < COUNT_OF(phases); p++)
        add_name(c, "scores/graders/%s/%s/%s_reward_mean", type, name, phases[p]);
}

static void add_timing_names(struct csv *c, const char *type, const char *name)
{
    for (size_t p = 0; p < COUNT_OF(phases); p++) {
        add_name(c, "timing/graders/%s/%s/timing/%s_execution_latency_mean", type, name, phases[p]);
        add_name(c, "timing/graders/%s/%s/timing/%s_execution_latency_count", type, name,
                 phases[p]);
    }
}

static void add_tool_names(struct csv *c)
{
    for (size_t i = 0; i < c->job->n_tools; i++) {
        const char *tool = c->job->tools[i].name;
        for (size_t p = 0; p < COUNT_OF(phases); p++) {
            add_name(c, "%s_tool_calls_to_%s", phases[p], tool);
            add_name(c, "%s_token_usage_mean_%s", phases[p], tool);
            add_name(c, "%s_latency_%s", phases[p], tool);
            add_name(c, "%s_error_count_%s", phases[p], tool);
        }
    }
}

/* The numbers of a row, one a column; NAN is a blank cell. */
struct cells {
    double *at;
    size_t n;
};

static void add_number(struct cells *row, bool known, double value)
{
    row->at[row->n++] = known ? value : NAN;
}

/* Cells of one phase; `t` is NULL in a row without an evaluation. */
static void add_error_cells(struct cells *row, const struct grade_tally *t)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        bool known = t && t->n;
        add_number(row, known, known ? tally_share(t->errors[errors[i].error], t->n) : 0);
        add_number(row, t != NULL, t ? (double)t->n : 0); /* observations (EV-7) */
    }
}

static void add_score_cell(struct cells *row, const struct grade_tally *t)
{
    double mean = 0;
    bool known = t && grade_tally_mean(t, &mean);
    add_number(row, known, mean);
}

static void add_timing_cells(struct cells *row, const struct grade_tally *t)
{
    bool known = t && t->n && t->seconds > 0; /* no time at all: scores that were recorded */
    add_number(row, known, known ? t->seconds / (double)t->n : 0);
    add_number(row, t != NULL, known ? (double)t->n : 0);
}

/* The columns of graders: all errors, then all scores, then all times, each grader by grader. */
static const struct section {
    void (*add_names)(struct csv *c, const char *type, const char *name);
    void (*add_cells)(struct cells *row, const struct grade_tally *t);
} sections[] = {
    {add_error_names, add_error_cells},
    {add_score_names, add_score_cell},
    {add_timing_names, add_timing_cells},
};

static void add_grader_names(struct csv *c)
{
    for (size_t s = 0; s < COUNT_OF(sections); s++) {
        for (size_t i = 0; i < c->n_graders; i++) {
            const struct grader *g = grader_at(c->grader, i);
            sections[s].add_names(c, grader_type(g), grader_name(g));
        }
    }
}

static void add_grader_cells(const struct csv *c, struct cells *row, const struct step_report *r)
{
    const struct tally *const both[] = {r->train, r->valid};
    for (size_t s = 0; s < COUNT_OF(sections); s++) {
        for (size_t i = 0; i < c->n_graders; i++) {
            for (size_t p = 0; p < COUNT_OF(both); p++) {
                struct grade_tally grade = {0};
                if (both[p])
                    grade = tally_grade(both[p], i);
                sections[s].add_cells(row, both[p] ? &grade : NULL);
            }
        }
    }
}

static void add_tool_cells(struct cells *row, const struct tool_tally *t)
{
    double rate = 0;
    bool called = t && tool_tally_error_rate(t, &rate);
    add_number(row, t != NULL, t ? (double)t->n_ok : 0); /* EV-8: successful calls */
    add_number(row, false, 0);                           /* tokens: no tokeniser here */
    bool sent = t && t->n_sent;
    add_number(row, sent, sent ? t->latency_sum_s / (double)t->n_sent : 0);
    add_number(row, called, rate); /* EV-8: a rate, whatever its name says */
}

void csv_init(struct csv *c, const char *path, const struct job *job, const struct grader *grader)
{
    *c = (struct csv){.path = path, .job = job, .grader = grader};
    grader_parts(grader, &c->n_graders);
    c->n_graders++;
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        add_name(c, "%s", columns[i].name);
    add_grader_names(c);
    add_tool_names(c);
    c->values = mem_array(c->n, sizeof(*c->values));
}

void csv_header(const struct csv *c, struct buf *out)
{
    for (size_t i = 0; i < c->n; i++)
        add_text(out, c->names[i]);
    add_text(out, "timestamp");
    buf_char(out, '\n');
}

void csv_row(const struct csv *c, struct buf *out, const char *stamp, const double *values)
{
    for (size_t i = 0; i < c->n; i++) {
        char text[NUM_ROOM];
        if (i)
            buf_char(out, ',');
        if (!isnan(values[i]))
            buf_text_add(out, num_shortest(text, values[i]));
    }
    add_text(out, stamp);
    buf_char(out, '\n');
}

static enum err_code write_out(struct csv *c, struct buf *text, struct err *e)
{
    bool written = fwrite(text->at, 1, text->len, c->file) == text->len && fflush(c->file) == 0;
    buf_release(text);
    return written ? ERR_OK : err_sys(e, c->path);
}

enum err_code csv_create(struct csv *c, struct err *e)
{
    struct buf header = {0};
    c->file = fopen(c->path, "wxe");
    if (!c->file)
        return err_sys(e, c->path);
    csv_header(c, &header);
    return write_out(c, &header, e);
}

enum err_code csv_go_on(struct csv *c, const struct buf *text, struct err *e)
{
    enum err_code rc = file_put(c->path, text->at, text->len, e);
    if (rc)
        return rc;
    c->file = fopen(c->path, "ae");
    return c->file ? ERR_OK : err_sys(e, c->path);
}

enum err_code csv_step(struct csv *c, const struct step_report *r, struct err *e)
{
    const struct tally *const both[] = {r->train, r->valid};
    struct cells row = {.at = c->values};
    struct buf line = {0};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        double value = 0;
        bool known = columns[i].value(r, &value);
        add_number(&row, known, value);
    }
    add_grader_cells(c, &row, r);
    for (size_t i = 0; i < c->job->n_tools; i++) {
        for (size_t p = 0; p < COUNT_OF(both); p++)
            add_tool_cells(&row, both[p] ? &both[p]->tools[i] : NULL);
    }
    assert(row.n == c->n);
    clock_stamp(c->stamp, clock_unix_ns());
    csv_row(c, &line, c->stamp, c->values);
    return write_out(c, &line, e);
}

void csv_close(struct csv *c)
{
    if (c->file)
        fclose(c->file);
    for (size_t i = 0; i < c->n; i++)
        free(c->names[i]);
    free(c->names);
    free(c->values);
    *c = (struct csv){0};
}
