/* The signal report in JSON. */
#include <math.h>
#include <stdlib.h>

#include "sim/stats/power.h"
#include "sim/view/json.h"
#include "sim/view/report_json.h"

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static void set_real(json_t *o, const char *key, double value)
{
    set(o, key, report_json_real(value));
}

static void set_count(json_t *o, const char *key, size_t value)
{
    set(o, key, json_integer((json_int_t)value));
}

static json_t *bounds(const struct interval *i)
{
    bool ok = i->state == INTERVAL_OK;
    return json_pack("[o, o]", report_json_real(ok ? i->low : NAN),
                     report_json_real(ok ? i->high : NAN));
}

static json_t *levels(const struct signal_slice *s)
{
    json_t *a = json_array();
    for (size_t i = 0; i < s->n_levels; i++) {
        const struct signal_level *level = &s->levels[i];
        json_array_append_new(a, json_pack("{s:f, s:b, s:I, s:f, s:b}", "reward", level->at,
                                           "is_pass_threshold", level->is_threshold, "passed",
                                           (json_int_t)level->n_passed, "pass_rate",
                                           level->pass_rate, "in_band", level->in_band));
    }
    return a;
}

static json_t *ks(const struct signal_slice *s)
{
    json_t *a = json_array();
    for (size_t i = 0; i < s->n_ks; i++)
        json_array_append_new(a, json_pack("{s:I, s:I, s:f, s:f}", "k", (json_int_t)s->ks[i].k,
                                           "rows", (json_int_t)s->ks[i].n_rows, "pass_at_k",
                                           s->ks[i].any, "pass_hat_k", s->ks[i].all));
    return a;
}

/* null: not known, or more than there can be. */
static json_t *rows_or_null(size_t n)
{
    return n && n < POWER_MOST_ROWS ? json_integer((json_int_t)n) : json_null();
}

static json_t *needs(const struct signal_slice *s)
{
    json_t *a = json_array();
    for (size_t i = 0; i < s->n_needs; i++)
        json_array_append_new(
            a, json_pack("{s:f, s:o, s:o}", "gain", s->needs[i].gain, "rows_if_all_gain_the_same",
                         rows_or_null(s->needs[i].same_rows), "rows_if_others_are_measured",
                         rows_or_null(s->needs[i].other_rows)));
    return a;
}

static json_t *slice(const struct signal_slice *s)
{
    static const char *const names[] = {[SLICE_FIRST] = "first_evaluation",
                                        [SLICE_LAST] = "last_evaluation",
                                        [SLICE_TRAIN] = "train"};
    json_t *o = json_pack("{s:s, s:o, s:b}", "of", names[s->kind], "step",
                          report_json_count(s->step), "complete", s->complete);
    bool any = s->scores.n > 0;
    set_count(o, "rollouts", s->n);
    set_count(o, "graded", s->scores.n);
    set_count(o, "rows", s->scores.n_rows);
    set_real(o, "mean", any ? s->t.estimate : NAN);
    set_real(o, "least", s->least);
    set_real(o, "most", s->most);
    set(o, "interval_t", bounds(&s->t));
    set(o, "interval_bootstrap", bounds(&s->bootstrap));
    set(o, "interval_state", json_string(interval_words(s->t.state)));
    set(o, "levels", levels(s));
    set(o, "band",
        json_pack("[o, o]", report_json_real(s->band_low), report_json_real(s->band_high)));
    set_real(o, "bar", any ? s->bar : NAN);
    set(o, "passes", ks(s));
    set_count(o, "recorded", s->n_recorded);
    set_count(o, "recorded_passes", s->n_recorded_passes);
    set_real(o, "variance_between_rows", s->has_components ? s->components.between : NAN);
    set_real(o, "variance_within_rows", s->has_components ? s->components.within : NAN);
    set(o, "rows_needed_estimate", needs(s));
    set_real(o, "gain_seen_estimate", s->seen);
    return o;
}

static void set_groups(json_t *o, const size_t by[SIGNAL_N_GROUPS])
{
    static const char *const names[] = {[SIGNAL_LIVE] = "live",
                                        [SIGNAL_ALONE] = "alone",
                                        [SIGNAL_ZERO] = "all_0",
                                        [SIGNAL_TOP] = "all_top",
                                        [SIGNAL_LEVEL] = "all_same"};
    for (int i = 0; i < SIGNAL_N_GROUPS; i++)
        set_count(o, names[i], by[i]);
}

static json_t *groups(const struct signal *g)
{
    json_t *o = json_object();
    set_count(o, "groups", g->n);
    set_groups(o, g->n_groups);
    set_real(o, "live_share", g->n ? g->share : NAN);
    set_real(o, "deviation_within", g->n ? g->spread : NAN);
    return o;
}

static json_t *steps(const struct signal_report *r)
{
    json_t *a = json_array();
    for (size_t i = 0; i < r->n_steps; i++) {
        json_t *o = groups(&r->steps[i].groups);
        set(o, "step", json_integer(r->steps[i].step));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *rows(const struct signal_report *r, const struct history *h)
{
    json_t *a = json_array();
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct signal_row *row = &r->rows[i];
        char *place = history_place(h, row->first);
        json_t *o = json_pack("{s:o, s:I, s:f, s:I}", "place", json_text(place), "graded",
                              (json_int_t)row->n_graded, "mean", row->mean, "groups",
                              (json_int_t)row->n_groups);
        set_groups(o, row->by);
        json_array_append_new(a, o);
        free(place);
    }
    return a;
}

json_t *report_json_signal(const struct signal_report *r, const struct history *h)
{
    json_t *slices = json_array();
    for (size_t i = 0; i < r->n_slices; i++)
        json_array_append_new(slices, slice(&r->slices[i]));
    json_t *o = json_pack("{s:f, s:o, s:o}", "top", r->top, "pass_threshold",
                          report_json_real(r->threshold), "slices", slices);
    set_real(o, "pass_threshold_is_above", r->threshold_low);
    set(o, "groups", groups(&r->groups));
    set(o, "steps", steps(r));
    set(o, "rows", rows(r, h));
    return o;
}
