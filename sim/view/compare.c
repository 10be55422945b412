#include "sim/view/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/view/json.h"

static const char *const flips[] = {
    [PAIRED_SAME] = "", [PAIRED_GAINED] = "gained", [PAIRED_LOST] = "lost"};

static void add_slice(struct buf *out, const struct compare_side *s)
{
    if (s->phase == WAVE_TRAIN)
        buf_printf(out, "training up to step %d", s->step);
    else
        buf_printf(out, "evaluation of step %d", s->step);
}

static void add_sides(struct buf *out, const struct comparison *c)
{
    static const char names[] = "AB";
    for (int i = 0; i < 2; i++) {
        const struct compare_side *s = &c->side[i];
        buf_printf(out, "%c  %s, ", names[i], s->of->path);
        add_slice(out, s);
        buf_printf(out, ": %llu of %llu rollouts graded, %zu row%s\n",
                   (unsigned long long)s->n_graded, (unsigned long long)s->n, s->n_rows,
                   s->n_rows == 1 ? "" : "s");
        if (s->of->scores_recorded)
            buf_text_add(out, "   NOTHING WAS GRADED there: rewards are those of its record\n");
    }
    buf_printf(out, "\n%zu row%s in both", c->n_paired, c->n_paired == 1 ? "" : "s");
    if (c->n_ungraded)
        buf_printf(out, ", %zu of them without a reward in one", c->n_ungraded);
    if (c->side[0].n_only || c->side[1].n_only)
        buf_printf(out, "; left out: %zu only in A, %zu only in B", c->side[0].n_only,
                   c->side[1].n_only);
    buf_char(out, '\n');
}

/* A difference that would be told as -0.0000 is none. */
static double told(double difference)
{
    return fabs(difference) < 0.00005 ? 0 : difference;
}

static void add_range(struct buf *out, const struct interval *x)
{
    if (x->state == INTERVAL_OK)
        buf_printf(out, "  %+8.4f .. %+.4f", x->low, x->high);
    else
        buf_printf(out, "  none: %s", interval_words(x->state));
}

static void add_values(struct buf *out, const struct comparison *c)
{
    buf_printf(out, "\n%-20s%9s%9s%12s  %-20s  %s\n", "mean over rows", "A", "B", "B - A",
               "95 % interval (t)", "bootstrap");
    for (size_t i = 0; i < c->n_values; i++) {
        const struct compare_value *v = &c->values[i];
        bool part = i > 0 && strcmp(v->name, "pass rate") != 0;
        char *name = part ? mem_printf("  %s", v->name) : mem_text(v->name);
        buf_printf(out, "%-20s%9.4f%9.4f%+12.4f", name, v->mean[0], v->mean[1],
                   told(v->t.estimate));
        add_range(out, &v->t);
        if (v->bootstrap.state == INTERVAL_OK)
            add_range(out, &v->bootstrap);
        buf_char(out, '\n');
        free(name);
    }
}

/* What the first line of values says, in words. */
static void add_answer(struct buf *out, const struct comparison *c)
{
    const struct interval *t = &c->values[0].t;
    const char *words = "no difference in reward can be told from chance: the interval holds 0";
    if (t->state == INTERVAL_FLAT && t->estimate == 0)
        words = "the reward is the same in every row";
    else if (t->state != INTERVAL_OK)
        words = "too little to tell a difference from chance";
    else if (t->low > 0)
        words = "B is better than A, by more than chance explains";
    else if (t->high < 0)
        words = "B is worse than A, by more than chance explains";
    buf_printf(out, "\n%s\n", words);
}

static void add_counts(struct buf *out, const struct comparison *c)
{
    const struct paired_count *n = &c->count;
    buf_printf(out, "rows: %zu up, %zu down, %zu equal", n->n_up, n->n_down, n->n_equal);
    if (n->n_up + n->n_down)
        buf_printf(out, " (a split as uneven by chance: p = %.3g)", c->sign_test);
    buf_char(out, '\n');
    if (!isnan(c->threshold)) {
        char at[NUM_ROOM];
        buf_printf(out, "flips at %s: %zu gained, %zu lost\n", num_shortest(at, c->threshold),
                   n->n_gained, n->n_lost);
    }
}

static void add_outcomes(struct buf *out, const struct comparison *c)
{
    buf_printf(out, "\n%-20s%9s%9s\n", "outcomes", "A", "B");
    for (int i = 0; i < OUTCOME_N; i++) {
        uint64_t a = c->side[0].outcomes[i];
        uint64_t b = c->side[1].outcomes[i];
        if (a || b)
            buf_printf(out, "%-20s%9llu%9llu\n", outcome_name((enum outcome)i),
                       (unsigned long long)a, (unsigned long long)b);
    }
    if (!isnan(c->side[0].n_calls) && !isnan(c->side[1].n_calls))
        buf_printf(out, "%-20s%9.2f%9.2f\n", "calls a rollout", c->side[0].n_calls,
                   c->side[1].n_calls);
    if (!isnan(c->side[0].n_turns) && !isnan(c->side[1].n_turns))
        buf_printf(out, "%-20s%9.2f%9.2f\n", "turns a rollout", c->side[0].n_turns,
                   c->side[1].n_turns);
}

static double difference(const struct compare_row *r)
{
    return r->mean[1] - r->mean[0];
}

static char *place_of(const struct comparison *c, const struct compare_row *r, int side)
{
    return history_place(c->side[side].of, r->first[side]);
}

/* Without folders: which files they are stands above. */
static const char *base_of(const char *place)
{
    const char *slash = strrchr(place, '/');
    return slash ? slash + 1 : place;
}

static void add_row(struct buf *out, const struct comparison *c, const struct compare_row *r)
{
    char *a = place_of(c, r, 0);
    char *b = place_of(c, r, 1);
    buf_printf(out, "%9.4f%9.4f%+12.4f  %-7s %s", r->mean[0], r->mean[1], told(difference(r)),
               flips[r->flip], base_of(a));
    if (strcmp(base_of(a), base_of(b)) != 0)
        buf_printf(out, " = %s", base_of(b));
    buf_char(out, '\n');
    free(a);
    free(b);
}

/* The rows that moved, those that flipped first. */
static void add_rows(struct buf *out, const struct comparison *c, size_t most)
{
    size_t n_moved = c->count.n_up + c->count.n_down;
    size_t n = 0;
    if (!n_moved || !most)
        return;
    buf_printf(out, "\n%9s%9s%12s  %-7s %s\n", "A", "B", "B - A", "", "row");
    for (int flipped = 1; flipped >= 0; flipped--) {
        for (size_t i = 0; i < n_moved && n < most; i++) {
            if ((c->rows[i].flip != PAIRED_SAME) != flipped)
                continue;
            add_row(out, c, &c->rows[i]);
            n++;
        }
    }
    if (n < n_moved)
        buf_printf(out, "... and %zu more that moved; --json lists all\n", n_moved - n);
}

void compare_write(struct buf *out, const struct comparison *c, size_t most)
{
    add_sides(out, c);
    add_values(out, c);
    add_answer(out, c);
    add_counts(out, c);
    add_outcomes(out, c);
    add_rows(out, c, most);
}

static void set_number(json_t *o, const char *key, double value)
{
    if (isfinite(value))
        json_object_set_new(o, key, json_real(value));
}

static json_t *json_side(const struct compare_side *s)
{
    json_t *outcomes = json_object();
    for (int i = 0; i < OUTCOME_N; i++) {
        if (s->outcomes[i])
            json_object_set_new(outcomes, outcome_name((enum outcome)i),
                                json_integer((json_int_t)s->outcomes[i]));
    }
    json_t *o = json_pack("{s:o, s:o, s:s, s:i, s:I, s:I, s:o, s:I, s:I}", "path",
                          json_text(s->of->path), "title", json_text(s->of->title), "phase",
                          s->phase == WAVE_TRAIN ? "train" : "valid", "step", s->step, "rollouts",
                          (json_int_t)s->n, "graded", (json_int_t)s->n_graded, "outcomes", outcomes,
                          "rows", (json_int_t)s->n_rows, "rows_only_here", (json_int_t)s->n_only);
    set_number(o, "calls_mean", s->n_calls);
    set_number(o, "turns_mean", s->n_turns);
    return o;
}

static void set_interval(json_t *o, const char *key, const struct interval *x)
{
    if (x->state == INTERVAL_OK)
        json_object_set_new(
            o, key,
            json_pack("{s:f, s:f, s:f}", "low", x->low, "high", x->high, "error", x->error));
}

static json_t *json_value_of(const struct compare_value *v)
{
    json_t *o = json_pack("{s:o, s:[f, f], s:f, s:I, s:s}", "name", json_text(v->name), "means",
                          v->mean[0], v->mean[1], "difference", v->t.estimate, "rows",
                          (json_int_t)v->t.n, "state", interval_words(v->t.state));
    set_interval(o, "t", &v->t);
    set_interval(o, "bootstrap", &v->bootstrap);
    return o;
}

static json_t *json_row(const struct comparison *c, const struct compare_row *r)
{
    char *a = place_of(c, r, 0);
    char *b = place_of(c, r, 1);
    json_t *o = json_pack("{s:[o, o], s:[I, I], s:[f, f], s:f}", "places", json_text(a),
                          json_text(b), "graded", (json_int_t)r->n[0], (json_int_t)r->n[1], "means",
                          r->mean[0], r->mean[1], "difference", difference(r));
    if (r->flip != PAIRED_SAME)
        json_object_set_new(o, "flip", json_string(flips[r->flip]));
    free(a);
    free(b);
    return o;
}

void compare_write_json(struct buf *out, const struct comparison *c)
{
    json_t *values = json_array();
    json_t *rows = json_array();
    for (size_t i = 0; i < c->n_values; i++)
        json_array_append_new(values, json_value_of(&c->values[i]));
    for (size_t i = 0; i < c->n_rows; i++)
        json_array_append_new(rows, json_row(c, &c->rows[i]));
    json_t *o = json_pack("{s:s, s:i, s:[o, o], s:I, s:I, s:o}", "type", "comparison", "version", 1,
                          "runs", json_side(&c->side[0]), json_side(&c->side[1]), "rows_paired",
                          (json_int_t)c->n_paired, "rows_graded_in_both", (json_int_t)c->n_rows,
                          "values", values);
    json_t *counts = json_pack("{s:I, s:I, s:I, s:f}", "rows_up", (json_int_t)c->count.n_up,
                               "rows_down", (json_int_t)c->count.n_down, "rows_equal",
                               (json_int_t)c->count.n_equal, "sign_test", c->sign_test);
    json_object_update_new(o, counts);
    if (!isnan(c->threshold))
        json_object_update_new(o, json_pack("{s:f, s:I, s:I}", "threshold", c->threshold,
                                            "rows_gained", (json_int_t)c->count.n_gained,
                                            "rows_lost", (json_int_t)c->count.n_lost));
    json_object_set_new(o, "rows", rows);
    char *text = json_dumps(o, JSON_COMPACT);
    buf_text_add(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(o);
}
