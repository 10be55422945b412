#include "sim/report/signal_report.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/graded.h"
#include "sim/stats/bootstrap.h"
#include "sim/stats/passk.h"
#include "sim/stats/power.h"
#include "sim/stats/quantile.h"

static const double gains[SIGNAL_GAINS] = {0.05, 0.1};

const char *signal_slice_words(enum signal_slice_kind kind)
{
    switch (kind) {
    case SLICE_FIRST:
        return "first evaluation";
    case SLICE_LAST:
        return "last evaluation";
    case SLICE_TRAIN:
        return "training";
    case SLICE_N:
        break;
    }
    return "?";
}

size_t signal_dead(const struct signal *g)
{
    return g->n_groups[SIGNAL_ZERO] + g->n_groups[SIGNAL_TOP] + g->n_groups[SIGNAL_LEVEL];
}

const struct signal_slice *signal_slice(const struct signal_report *s, enum signal_slice_kind kind)
{
    for (size_t i = 0; i < s->n_slices; i++) {
        if (s->slices[i].kind == kind)
            return &s->slices[i];
    }
    return NULL;
}

const struct signal_slice *signal_last(const struct signal_report *s)
{
    const struct signal_slice *last = signal_slice(s, SLICE_LAST);
    return last ? last : signal_slice(s, SLICE_FIRST);
}

/* Levels */

static void add_level(struct signal_slice *s, double at, bool is_threshold)
{
    size_t place = s->n_levels;
    for (size_t i = 0; i < s->n_levels; i++) {
        if (fabs(s->levels[i].at - at) > SCORES_SAME)
            continue;
        s->levels[i].is_threshold |= is_threshold;
        return;
    }
    assert(s->n_levels < SIGNAL_MOST_LEVELS);
    for (; place && s->levels[place - 1].at > at; place--)
        s->levels[place] = s->levels[place - 1];
    s->levels[place] = (struct signal_level){.at = at, .is_threshold = is_threshold};
    s->n_levels++;
}

static void set_levels(struct signal_slice *s, const struct signal_report *r)
{
    static const double shares[] = {0.25, 0.5, 0.75, 0.9, 1};
    for (size_t i = 0; i < COUNT_OF(shares); i++)
        add_level(s, shares[i] * r->top, false);
    if (isfinite(r->threshold))
        add_level(s, r->threshold, true);
    for (size_t i = 0; i < s->n_levels; i++) {
        struct signal_level *level = &s->levels[i];
        level->pass_rate = scores_pass_rate(&s->scores, level->at);
        level->n_passed = (size_t)llround(level->pass_rate * (double)s->scores.n);
        level->in_band = signal_is_in_band(level->pass_rate);
    }
}

/* With a reward as the threshold all below it fail, so only rewards need be tried. */
static void set_band(struct signal_slice *s)
{
    size_t n = s->scores.n;
    double *sorted = mem_array(n, sizeof(*sorted));
    for (size_t i = 0; i < n; i++)
        sorted[i] = s->scores.reward[i];
    quantile_sort(sorted, n);
    s->least = n ? sorted[0] : NAN;
    s->most = n ? sorted[n - 1] : NAN;
    s->band_low = s->band_high = NAN;
    for (size_t i = 0; i < n; i++) {
        if ((i && sorted[i] == sorted[i - 1]) || !signal_is_in_band(1 - (double)i / (double)n))
            continue;
        if (isnan(s->band_low))
            s->band_low = sorted[i];
        s->band_high = sorted[i];
    }
    free(sorted);
}

/* pass@k, pass^k */

static void add_k(struct signal_slice *s, struct cluster *room, size_t k)
{
    struct signal_k *row = &s->ks[s->n_ks];
    row->k = k;
    row->n_rows = passk_rows(room, &s->scores, s->bar, k, passk_any);
    row->any = clustered_mean(room, row->n_rows);
    passk_rows(room, &s->scores, s->bar, k, passk_all);
    row->all = clustered_mean(room, row->n_rows);
    if (row->n_rows)
        s->n_ks++;
}

/* Not more than the rollouts of one wave: another step is another policy's. */
static void set_ks(struct signal_slice *s, struct cluster *room)
{
    size_t most = 0;
    for (size_t i = 0; i < s->scores.n_rows; i++) {
        size_t n = scores_row_count(&s->scores, i);
        most = n > most ? n : most;
    }
    most = s->n_samples < most ? s->n_samples : most;
    for (size_t k = 1; k < most && s->n_ks < SIGNAL_MOST_KS - 1; k *= 2)
        add_k(s, room, k);
    if (most)
        add_k(s, room, most);
}

/* Rows to see a gain */

/* Of the rows' means, for rows that have one rollout each: what is between them and what is within
 * cannot be told apart. */
static bool variance_of_means(double *out, const struct scores *scores)
{
    double *means = mem_array(scores->n_rows, sizeof(*means));
    for (size_t i = 0; i < scores->n_rows; i++)
        means[i] = scores_row(scores, i).mean;
    struct summary s = summary_of(means, scores->n_rows);
    free(means);
    return summary_variance(out, &s);
}

static void set_needs(struct signal_slice *s, double top)
{
    double means = 0;
    s->seen = NAN;
    s->has_components = components_of(&s->components, &s->scores);
    if (!s->has_components && !variance_of_means(&means, &s->scores))
        return;
    double per_row = (double)s->scores.n / (double)s->scores.n_rows;
    double same = power_variance(&s->components, per_row, POWER_SAME_ROWS);
    double other =
        s->has_components ? power_variance(&s->components, per_row, POWER_OTHER_ROWS) : 2 * means;
    if (!power_gain(&s->seen, s->has_components ? same : other, s->scores.n_rows))
        s->seen = NAN;
    if (s->has_components && s->components.within <= 0)
        s->seen = NAN; /* no chance was seen within rows, so there is nothing to tell it from */
    s->n_needs = SIGNAL_GAINS;
    for (size_t i = 0; i < SIGNAL_GAINS; i++) {
        double gain = gains[i] * top;
        s->needs[i] = (struct signal_need){
            .gain = gain,
            .same_rows = s->has_components ? power_rows(same, gain) : 0,
            .other_rows = power_rows(other, gain),
        };
    }
}

/* Slices */

static void count_wave(struct signal_slice *s, const struct history *h,
                       const struct history_wave *w)
{
    for (size_t i = w->from; i < w->from + w->n; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        s->n += r->outcome != OUTCOME_CANCELLED;
        s->n_recorded += r->verdict != EXPORT_UNKNOWN;
        s->n_recorded_passes += r->verdict == EXPORT_PASSED;
    }
}

static void add_slice(struct signal_report *r, const struct history *h, enum signal_slice_kind kind,
                      size_t wave)
{
    struct signal_slice *s = &r->slices[r->n_slices];
    *s = (struct signal_slice){.kind = kind, .phase = h->waves[wave].phase, .complete = true};
    for (size_t i = 0; i < h->n_waves; i++) {
        if (h->waves[i].phase != s->phase || (kind != SLICE_TRAIN && i != wave))
            continue;
        s->step = h->waves[i].step;
        count_wave(s, h, &h->waves[i]);
        s->complete = s->complete && h->waves[i].complete;
        if (h->waves[i].n_samples > s->n_samples)
            s->n_samples = h->waves[i].n_samples;
    }
    if (kind == SLICE_TRAIN)
        graded_of_phase(&s->scores, h, s->phase);
    else
        graded_of_wave(&s->scores, h, wave);
    r->n_slices++;
}

static void measure(struct signal_slice *s, const struct signal_report *r)
{
    struct cluster *room = mem_array(s->scores.n_rows, sizeof(*room));
    size_t n = s->scores.n_rows;
    scores_clusters(room, &s->scores);
    s->t = clustered_interval(room, n, INTERVAL_LEVEL);
    s->bootstrap = bootstrap_interval(room, n, INTERVAL_LEVEL, BOOTSTRAP_RESAMPLES, 0);
    s->bar = isfinite(r->threshold) ? r->threshold : r->top;
    set_levels(s, r);
    set_band(s);
    set_ks(s, room);
    free(room);
    s->seen = NAN;
    if (s->phase == WAVE_VALID)
        set_needs(s, r->top);
}

static double top_of(const struct history *h)
{
    double top = 1;
    for (size_t i = 0; i < h->n_rollouts; i++) {
        if (graded_is(&h->rollouts[i]) && h->rollouts[i].reward > top)
            top = h->rollouts[i].reward;
    }
    return top;
}

/* Groups */

static void add_group(struct signal_row *row, const struct scores *s, size_t i, double top)
{
    struct summary of = scores_row(s, i);
    double n = (double)(row->n_graded + of.n);
    row->mean += (of.mean - row->mean) * (double)of.n / n;
    row->n_graded += of.n;
    row->n_groups++;
    row->by[signal_group(s->reward + s->start[i], of.n, top)]++;
}

static void add_groups(struct signal *all, const struct signal *more)
{
    size_t n = all->n + more->n;
    if (n)
        all->spread = (all->spread * (double)all->n + more->spread * (double)more->n) / (double)n;
    all->n = n;
    for (size_t i = 0; i < SIGNAL_N_GROUPS; i++)
        all->n_groups[i] += more->n_groups[i];
    all->share = n ? (double)all->n_groups[SIGNAL_LIVE] / (double)n : 0;
}

static void add_step(struct signal_report *r, const struct history *h, size_t wave)
{
    struct scores scores;
    graded_of_wave(&scores, h, wave);
    struct signal_step *step = &r->steps[r->n_steps++];
    *step = (struct signal_step){h->waves[wave].step, wave, signal_of(&scores, r->top)};
    add_groups(&r->groups, &step->groups);
    for (size_t i = 0; i < scores.n_rows; i++) {
        assert(scores.row[i] < h->files[WAVE_TRAIN].n_rows);
        add_group(&r->rows[scores.row[i]], &scores, i, r->top);
    }
    scores_release(&scores);
}

static size_t dead_groups(const struct signal_row *row)
{
    return row->by[SIGNAL_ZERO] + row->by[SIGNAL_TOP] + row->by[SIGNAL_LEVEL];
}

static int by_dead_share(const void *a, const void *b)
{
    const struct signal_row *x = a;
    const struct signal_row *y = b;
    size_t dead_x = dead_groups(x) * y->n_groups; /* the shares times both numbers of groups */
    size_t dead_y = dead_groups(y) * x->n_groups;
    if (dead_x != dead_y)
        return dead_x < dead_y ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Rows that no graded rollout is of fall out. */
static void finish_rows(struct signal_report *r, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++) {
        if (!r->rows[i].n_groups)
            continue;
        r->rows[r->n_rows] = r->rows[i];
        r->rows[r->n_rows].row = (uint32_t)i;
        r->n_dead_rows += dead_groups(&r->rows[i]) == r->rows[i].n_groups;
        r->n_rows++;
    }
    if (r->n_rows)
        qsort(r->rows, r->n_rows, sizeof(*r->rows), by_dead_share);
}

static void set_first(struct signal_report *r, const struct history *h)
{
    size_t *first = mem_array(h->files[WAVE_TRAIN].n_rows, sizeof(*first));
    for (size_t i = h->n_rollouts; i-- > 0;) {
        if (history_wave_of(h, i)->phase == WAVE_TRAIN && graded_is(&h->rollouts[i]))
            first[h->rollouts[i].row] = i;
    }
    for (size_t i = 0; i < r->n_rows; i++)
        r->rows[i].first = first[r->rows[i].row];
    free(first);
}

static void look_at_groups(struct signal_report *r, const struct history *h)
{
    r->rows = mem_array(h->files[WAVE_TRAIN].n_rows, sizeof(*r->rows));
    r->steps = mem_array(h->n_waves, sizeof(*r->steps));
    for (size_t i = 0; i < h->n_waves; i++) {
        if (h->waves[i].phase == WAVE_TRAIN)
            add_step(r, h, i);
    }
    finish_rows(r, h->files[WAVE_TRAIN].n_rows);
    set_first(r, h);
}

/* The worst reward that passed stands for a threshold that is not known. */
static void set_recorded(struct signal_report *r, const struct history *h)
{
    double low = 0;
    double high = 0;
    if (isfinite(r->threshold) || !history_threshold(h, &low, &high) || !isfinite(high))
        return;
    r->threshold = high;
    r->threshold_low = low;
}

void signal_report_make(struct signal_report *out, const struct history *h)
{
    *out = (struct signal_report){
        .top = top_of(h), .threshold = h->pass_threshold, .threshold_low = NAN};
    set_recorded(out, h);
    size_t first = graded_first_wave(h, WAVE_VALID);
    size_t last = graded_last_wave(h, WAVE_VALID);
    size_t train = graded_first_wave(h, WAVE_TRAIN);
    if (first != SIZE_MAX)
        add_slice(out, h, SLICE_FIRST, first);
    if (last != first)
        add_slice(out, h, SLICE_LAST, last);
    if (train != SIZE_MAX)
        add_slice(out, h, SLICE_TRAIN, train);
    for (size_t i = 0; i < out->n_slices; i++)
        measure(&out->slices[i], out);
    look_at_groups(out, h);
}

void signal_report_release(struct signal_report *s)
{
    for (size_t i = 0; i < s->n_slices; i++)
        scores_release(&s->slices[i].scores);
    free(s->steps);
    free(s->rows);
    *s = (struct signal_report){0};
}
