#include "sim/view/html_signal.h"

#include <math.h>

#include "sim/view/html.h"
#include "sim/view/html_json.h"

static json_t *levels_of(const struct signal_slice *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_levels; i++) {
        const struct signal_level *at = &s->levels[i];
        json_t *level = json_object();
        html_set_number(level, "at", at->at);
        html_set(level, "threshold", json_boolean(at->is_threshold));
        html_set_count(level, "passed", at->n_passed);
        html_set_number(level, "rate", at->pass_rate);
        html_set(level, "band", json_boolean(at->in_band));
        json_array_append_new(list, level);
    }
    return list;
}

static json_t *ks_of(const struct signal_slice *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_ks; i++) {
        json_t *k = json_object();
        html_set_count(k, "k", s->ks[i].k);
        html_set_count(k, "rows", s->ks[i].n_rows);
        html_set_number(k, "any", s->ks[i].any);
        html_set_number(k, "all", s->ks[i].all);
        json_array_append_new(list, k);
    }
    return list;
}

static json_t *needs_of(const struct signal_slice *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_needs; i++) {
        json_t *need = json_object();
        html_set_number(need, "gain", s->needs[i].gain);
        html_set_count(need, "same", s->needs[i].same_rows);
        html_set_count(need, "other", s->needs[i].other_rows);
        json_array_append_new(list, need);
    }
    return list;
}

static json_t *slice_of(const struct signal_slice *s)
{
    json_t *o = json_object();
    html_set(o, "words", html_text(signal_slice_words(s->kind)));
    html_set(o, "phase", html_text(html_phase(s->phase)));
    html_set(o, "step", json_integer(s->step));
    html_set_count(o, "n", s->n);
    html_set_count(o, "n_graded", s->scores.n);
    html_set_count(o, "rows", s->scores.n_rows);
    html_set_number(o, "least", s->least);
    html_set_number(o, "most", s->most);
    html_set_number(o, "mean", s->scores.n ? s->t.estimate : NAN);
    html_set(o, "t", html_interval(&s->t));
    html_set(o, "bootstrap", html_interval(&s->bootstrap));
    html_set(o, "levels", levels_of(s));
    html_set(o, "band",
             isnan(s->band_low)
                 ? json_null()
                 : json_pack("[o, o]", html_number(s->band_low), html_number(s->band_high)));
    html_set_number(o, "bar", s->bar);
    html_set(o, "ks", ks_of(s));
    html_set(o, "needs", needs_of(s));
    html_set_number(o, "seen", s->seen);
    return o;
}

static json_t *groups_of(const size_t by[SIGNAL_N_GROUPS])
{
    json_t *list = json_array();
    for (size_t i = 0; i < SIGNAL_N_GROUPS; i++)
        json_array_append_new(list, json_integer((json_int_t)by[i]));
    return list;
}

static json_t *group_words(void)
{
    json_t *list = json_array();
    for (int i = 0; i < SIGNAL_N_GROUPS; i++)
        json_array_append_new(list, html_text(signal_words((enum signal_group)i)));
    return list;
}

static json_t *steps_of(const struct signal_report *s)
{
    json_t *list = json_array();
    size_t every = 1 + s->n_steps / HTML_MOST_POINTS;
    for (size_t i = 0; i < s->n_steps; i += every) {
        json_t *step = json_object();
        html_set(step, "step", json_integer(s->steps[i].step));
        html_set_count(step, "n", s->steps[i].groups.n);
        html_set(step, "by", groups_of(s->steps[i].groups.n_groups));
        json_array_append_new(list, step);
    }
    return list;
}

static json_t *rows_of(const struct facts *f)
{
    const struct history_file *file = &f->of->files[WAVE_TRAIN];
    json_t *list = json_array();
    for (size_t i = 0; i < f->signal.n_rows && i < HTML_MOST_ROWS; i++) {
        const struct signal_row *at = &f->signal.rows[i];
        json_t *row = json_object();
        html_set_count(row, "line", file->rows[at->row].line);
        html_set_count(row, "n", at->n_graded);
        html_set_number(row, "mean", at->mean);
        html_set(row, "by", groups_of(at->by));
        html_set_rollout(row, "first", at->first);
        json_array_append_new(list, row);
    }
    return list;
}

json_t *html_signal(const struct facts *f)
{
    const struct signal_report *s = &f->signal;
    json_t *o = json_object();
    json_t *slices = json_array();
    for (size_t i = 0; i < s->n_slices; i++)
        json_array_append_new(slices, slice_of(&s->slices[i]));
    json_t *groups = json_object();
    html_set_count(groups, "n", s->groups.n);
    html_set_count(groups, "dead", signal_dead(&s->groups));
    html_set(groups, "by", groups_of(s->groups.n_groups));
    html_set(o, "slices", slices);
    html_set(o, "groups", groups);
    html_set(o, "group_words", group_words());
    html_set(o, "steps", steps_of(s));
    html_set(o, "rows", rows_of(f));
    html_set_count(o, "n_rows", s->n_rows);
    return o;
}
