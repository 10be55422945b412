#include "sim/view/regrade.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/view/grade.h"
#include "sim/view/json.h"

enum { VERSION = 1 };

static const double same = 1e-9; /* rewards nearer than that are one reward */

void regrade_release(struct regrade *r)
{
    for (size_t i = 0; i < r->n_top; i++)
        free(r->top[i].id);
    for (int i = 0; i < READINGS; i++)
        free(r->readings[i].first.text);
    free(r->first_error);
}

/* --- Counting -------------------------------------------------------------------------------- */

static void count_left_out(struct regrade *r, const char *why)
{
    size_t i = 0;
    while (i + 1 < REGRADE_REASONS && r->left_out[i].why && strcmp(r->left_out[i].why, why) != 0)
        i++;
    r->left_out[i].why = why;
    r->left_out[i].n++;
    r->n_left_out++;
}

static void count_errors(struct regrade *r, const struct result *x, const struct grade *grade)
{
    if (!grade->flags && !grade->lost)
        return;
    r->n_flagged += grade->flags != 0;
    r->n_lost += grade->lost;
    for (int i = 0; i < GRADE_N_ERRORS; i++)
        r->errors[i] += grade->flags >> i & 1;
    if (!r->first_error)
        r->first_error = mem_printf("%s%s%zu: %s", r->path, r->is_export ? ": item " : ":",
                                    x->place, grade->why);
}

/* Of equal differences the first stays before the others. */
static void note_change(struct regrade *r, const struct result *x, double fresh)
{
    double size = fabs(fresh - x->old);
    size_t at = r->n_top;
    while (at > 0 && fabs(r->top[at - 1].fresh - r->top[at - 1].old) < size)
        at--;
    if (at == REGRADE_SHOWN)
        return;
    if (r->n_top == REGRADE_SHOWN)
        free(r->top[--r->n_top].id);
    memmove(&r->top[at + 1], &r->top[at], (r->n_top - at) * sizeof(r->top[0]));
    r->top[at] = (struct regrade_change){x->place, mem_text(x->id), x->old, fresh};
    r->n_top++;
}

/* 1 if it passes now and did not, -1 the other way round. */
static int flip_of(const struct regrade *r, double old, double fresh)
{
    if (!r->has_threshold)
        return 0;
    return (fresh >= r->threshold) - (old >= r->threshold);
}

static void count_both(struct regrade *r, const struct result *x, double fresh)
{
    int flip = flip_of(r, x->old, fresh);
    r->n_both++;
    r->both_old_sum += x->old;
    r->both_new_sum += fresh;
    r->n_pass_now += flip > 0;
    r->n_fail_now += flip < 0;
    if (fabs(fresh - x->old) <= same)
        return;
    r->n_changed++;
    note_change(r, x, fresh);
}

/* What it would have been under readings that were not chosen. */
static void count_readings(struct regrade *r, const struct result *x, const struct grade *grade)
{
    double threshold = r->has_threshold ? r->threshold : NAN;
    for (int i = 0; i < READINGS; i++) {
        if (grade->readings >> i & 1 &&
            reading_tally_add(&r->readings[i], grade->reward, grade->other[i], threshold))
            r->readings[i].first.text = mem_printf("%s%s%zu: %.4g, and %.4g under the other",
                                                   r->path, r->is_export ? ": item " : ":",
                                                   x->place, grade->reward, grade->other[i]);
    }
}

void regrade_add(struct regrade *r, const struct result *x, const struct grade *grade)
{
    r->n++;
    r->n_old_judged += x->verdict != EXPORT_UNKNOWN;
    r->n_old_passed += x->verdict == EXPORT_PASSED;
    if (x->has_old) {
        r->n_old++;
        r->old_sum += x->old;
    }
    if (!grade) {
        count_left_out(r, x->left_out);
        return;
    }
    count_errors(r, x, grade);
    if (grade->lost)
        return;
    r->n_new++;
    r->new_sum += grade->reward;
    count_readings(r, x, grade);
    r->n_new_passed += r->has_threshold && grade->reward >= r->threshold;
    if (x->has_old)
        count_both(r, x, grade->reward);
}

/* --- As text --------------------------------------------------------------------------------- */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void add_mean(struct buf *out, const char *label, size_t n, double sum)
{
    buf_printf(out, "%-14s", label);
    if (n)
        buf_printf(out, "mean %.5f over %zu", sum / (double)n, n);
    else
        buf_text_add(out, "none");
}

static void add_left_out(struct buf *out, const struct regrade *r)
{
    for (size_t i = 0; i < REGRADE_REASONS && r->left_out[i].why; i++)
        buf_printf(out, "%-14s%zu: %s\n", i ? "" : "left out", r->left_out[i].n,
                   r->left_out[i].why);
}

static void add_change(struct buf *out, const struct regrade *r, const struct regrade_change *c)
{
    char old[NUM_ROOM];
    char fresh[NUM_ROOM];
    int flip = flip_of(r, c->old, c->fresh);
    buf_printf(out, "  %s %-6zu %+.5f  %s -> %s%s", r->is_export ? "item" : "line", c->place,
               c->fresh - c->old, num_json(old, c->old), num_json(fresh, c->fresh),
               flip > 0   ? ", passes now"
               : flip < 0 ? ", fails now"
                          : "");
    buf_printf(out, "%s%s\n", c->id ? "  " : "", c->id ? c->id : "");
}

static void add_changes(struct buf *out, const struct regrade *r)
{
    buf_printf(out, "%-14s%zu of %zu", "changed", r->n_changed, r->n_both);
    if (r->has_threshold)
        buf_printf(out, "; %zu pass%s now that did not, %zu fail%s now that did not", r->n_pass_now,
                   r->n_pass_now == 1 ? "es" : "", r->n_fail_now, r->n_fail_now == 1 ? "s" : "");
    buf_char(out, '\n');
    for (size_t i = 0; i < r->n_top; i++)
        add_change(out, r, &r->top[i]);
    if (r->n_changed > r->n_top)
        buf_printf(out, "  and %zu more, none of them larger\n", r->n_changed - r->n_top);
}

static void add_errors(struct buf *out, const struct regrade *r)
{
    if (r->n_lost)
        buf_printf(out, "%-14s%zu without a grade\n", "lost", r->n_lost);
    if (r->n_flagged)
        buf_printf(out, "%-14s%zu grade%s\n", "in error", r->n_flagged, plural(r->n_flagged));
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (r->errors[i])
            buf_printf(out, "  %s %zu\n", grade_error_name((enum grade_error)i), r->errors[i]);
    }
    if (r->first_error)
        buf_printf(out, "  first: %s\n", r->first_error);
}

static void add_readings(struct buf *out, const struct regrade *r)
{
    for (int i = 0; i < READINGS; i++) {
        if (!reading_tally_differs(&r->readings[i]))
            continue;
        buf_text_add(out, "otherwise\n");
        table_reading(out, i, &r->readings[i], r->new_sum / (double)r->n_new);
    }
}

void regrade_summary_text(struct buf *out, const struct regrade *r)
{
    char number[NUM_ROOM];
    buf_printf(out, "%-14s%s: %zu sample%s, %zu graded again\n", "results", r->path, r->n,
               plural(r->n), r->n_new);
    grade_stubs(out, r->grader);
    add_left_out(out, r);
    add_mean(out, "old", r->n_old, r->old_sum);
    if (r->n_old_judged)
        buf_printf(out, "; %zu of %zu passed", r->n_old_passed, r->n_old_judged);
    buf_char(out, '\n');
    add_mean(out, "new", r->n_new, r->new_sum);
    if (r->has_threshold)
        buf_printf(out, "; %zu of %zu pass at %s", r->n_new_passed, r->n_new,
                   num_json(number, r->threshold));
    buf_char(out, '\n');
    if (r->n_both && (r->n_both < r->n_old || r->n_both < r->n_new)) {
        add_mean(out, "both", r->n_both, r->both_old_sum);
        buf_printf(out, " then, %.5f now\n", r->both_new_sum / (double)r->n_both);
    }
    if (r->n_both)
        add_changes(out, r);
    add_errors(out, r);
    add_readings(out, r);
}

/* --- As JSON --------------------------------------------------------------------------------- */

static void set(json_t *o, const char *key, size_t value)
{
    json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void set_number(json_t *o, const char *key, bool known, double value)
{
    json_object_set_new(o, key, known ? json_real(value) : json_null());
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text && *text)
        explain_text(o, key, text, strlen(text));
    else
        json_object_set_new(o, key, json_null());
}

void regrade_json(struct buf *out, const struct regrade *r, const struct result *x,
                  const struct grade *grade)
{
    bool fresh = grade && !grade->lost;
    int flip = fresh && x->has_old ? flip_of(r, x->old, grade->reward) : 0;
    json_t *o =
        json_pack("{s:s, s:i, s:s}", "type", "regrade", "version", VERSION, "file", r->path);
    set(o, r->is_export ? "item" : "line", x->place);
    set_text(o, "id", x->id);
    set_number(o, "old", x->has_old, x->old);
    set_number(o, "new", fresh, fresh ? grade->reward : 0);
    set_text(o, "flip", flip > 0 ? "passes_now" : flip < 0 ? "fails_now" : NULL);
    json_object_set_new(o, "errors", json_errors(grade ? grade->flags : 0));
    json_object_set_new(o, "lost", json_boolean(grade && grade->lost));
    set_text(o, "why", grade ? grade->why : NULL);
    set_text(o, "left_out", x->left_out);
    json_line(out, o);
}

static void set_mean(json_t *o, const char *key, size_t n, double sum)
{
    set_number(o, key, n > 0, n ? sum / (double)n : 0);
}

void regrade_summary_json(struct buf *out, const struct regrade *r)
{
    json_t *o =
        json_pack("{s:s, s:i, s:s}", "type", "regrades", "version", VERSION, "file", r->path);
    json_t *errors = json_object();
    json_t *left_out = json_object();
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (r->errors[i])
            set(errors, grade_error_name((enum grade_error)i), r->errors[i]);
    }
    for (size_t i = 0; i < REGRADE_REASONS && r->left_out[i].why; i++)
        set(left_out, r->left_out[i].why, r->left_out[i].n);
    set(o, "samples", r->n);
    json_object_set_new(o, "left_out", left_out);
    set(o, "old_n", r->n_old);
    set_mean(o, "old_mean", r->n_old, r->old_sum);
    set(o, "old_passed", r->n_old_passed);
    set(o, "old_judged", r->n_old_judged);
    set(o, "new_n", r->n_new);
    set_mean(o, "new_mean", r->n_new, r->new_sum);
    set_number(o, "pass_threshold", r->has_threshold, r->threshold);
    set(o, "new_passed", r->n_new_passed);
    set(o, "both_n", r->n_both);
    set_mean(o, "both_old_mean", r->n_both, r->both_old_sum);
    set_mean(o, "both_new_mean", r->n_both, r->both_new_sum);
    set(o, "changed", r->n_changed);
    set(o, "passes_now", r->n_pass_now);
    set(o, "fails_now", r->n_fail_now);
    set(o, "in_error", r->n_flagged);
    set(o, "lost", r->n_lost);
    json_object_set_new(o, "errors", errors);
    set_text(o, "first_error", r->first_error);
    json_object_set_new(o, "other_readings", json_readings(r->readings));
    json_object_set_new(o, "grader_notes", json_grader_notes(r->grader));
    json_line(out, o);
}
