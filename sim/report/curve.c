#include "sim/report/curve.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/graded.h"
#include "sim/stats/sum.h"
#include "sim/stats/summary.h"
#include "sim/stats/trend.h"

static const struct curve_point nothing = {
    .wave = SIZE_MAX,
    .n = -1,
    .n_graded = -1,
    .mean = NAN,
    .penalised = NAN,
    .pass_rate = NAN,
    .bytes = NAN,
    .tokens = NAN,
    .seconds = NAN,
    .complete = true,
    .interval = {.state = INTERVAL_EMPTY},
};

/* Counts of the wave, and what the policy wrote in it. */
static void count_wave(struct curve_point *p, const struct history *h, const struct history_wave *w)
{
    struct sum bytes = {0};
    size_t n_known = 0;
    p->n = p->n_graded = 0;
    for (size_t i = w->from; i < w->from + w->n; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (r->outcome == OUTCOME_CANCELLED)
            continue;
        p->n++;
        p->n_graded += graded_is(r);
        p->n_stub += r->outcome == OUTCOME_POLICY_FAILED;
        if (r->bytes < 0)
            continue;
        sum_add(&bytes, (double)r->bytes);
        n_known++;
    }
    if (n_known)
        p->bytes = sum_value(&bytes) / (double)n_known;
}

static void measure(struct curve_point *p, const struct history *h)
{
    struct scores scores;
    graded_of_wave(&scores, h, p->wave);
    struct cluster *rows = mem_array(scores.n_rows, sizeof(*rows));
    scores_clusters(rows, &scores);
    p->interval = clustered_interval(rows, scores.n_rows, INTERVAL_LEVEL);
    if (scores.n) {
        p->mean = p->interval.estimate;
        if (isfinite(h->pass_threshold))
            p->pass_rate = scores_pass_rate(&scores, h->pass_threshold);
    }
    if (p->phase == WAVE_TRAIN && p->n > 0) {
        double sum = scores.n ? p->mean * (double)p->n_graded : 0;
        p->penalised = (sum - (double)(p->n - p->n_graded)) / (double)p->n;
    }
    free(rows);
    scores_release(&scores);
}

static double tokens_of(const struct history *h, int step)
{
    for (size_t i = 0; i < h->n_steps; i++) {
        if (h->steps[i].step == step)
            return h->steps[i].completion_tokens;
    }
    return NAN;
}

static void from_waves(struct curve *out, const struct history *h)
{
    out->at = mem_array(h->n_waves, sizeof(*out->at));
    for (size_t i = 0; i < h->n_waves; i++) {
        const struct history_wave *w = &h->waves[i];
        struct curve_point *p = &out->at[out->n++];
        *p = nothing;
        p->phase = w->phase;
        p->step = w->step;
        p->wave = i;
        p->seconds = w->seconds;
        p->complete = w->complete;
        if (w->phase == WAVE_TRAIN)
            p->tokens = tokens_of(h, w->step);
        count_wave(p, h, w);
        measure(p, h);
    }
}

static struct curve_point train_point(const struct history_step *s)
{
    struct curve_point p = nothing;
    p.phase = WAVE_TRAIN;
    p.step = s->step;
    p.n = s->n_rollouts;
    p.n_graded = s->n_graded;
    p.mean = s->train_mean;
    p.penalised = s->train_penalised;
    p.tokens = s->completion_tokens;
    p.seconds = s->sampling_s;
    return p;
}

static struct curve_point valid_point(const struct history_step *s)
{
    struct curve_point p = nothing;
    p.phase = WAVE_VALID;
    p.step = s->valid_step;
    p.n = s->n_valid;
    p.n_graded = s->n_valid_graded;
    p.mean = s->valid_mean;
    p.seconds = s->eval_s;
    return p;
}

/* The evaluation of step 0 stands in the row of step 1 (EV-6) and was made before it. */
static void from_steps(struct curve *out, const struct history *h)
{
    out->at = mem_array(2 * h->n_steps, sizeof(*out->at));
    for (size_t i = 0; i < h->n_steps; i++) {
        const struct history_step *s = &h->steps[i];
        bool evaluated = s->valid_step >= 0 && isfinite(s->valid_mean);
        if (evaluated && s->valid_step < s->step)
            out->at[out->n++] = valid_point(s);
        out->at[out->n++] = train_point(s);
        if (evaluated && s->valid_step >= s->step)
            out->at[out->n++] = valid_point(s);
    }
}

/* One number a point. */
struct series {
    double *x, *y; /* owned */
    size_t n;
};

static struct series series_of(const struct curve *c, enum wave_phase phase,
                               double (*value)(const struct curve_point *p))
{
    struct series s = {mem_array(c->n, sizeof(double)), mem_array(c->n, sizeof(double)), 0};
    for (size_t i = 0; i < c->n; i++) {
        double y = value(&c->at[i]);
        if (c->at[i].phase != phase || !isfinite(y))
            continue;
        s.x[s.n] = c->at[i].step;
        s.y[s.n++] = y;
    }
    return s;
}

static void series_release(struct series *s)
{
    free(s->x);
    free(s->y);
}

static double mean_of(const struct curve_point *p)
{
    return p->mean;
}

static double tokens_at(const struct curve_point *p)
{
    return p->tokens;
}

static double bytes_at(const struct curve_point *p)
{
    return p->bytes;
}

static void look_at_slope(struct curve *c, enum wave_phase phase)
{
    struct series s = series_of(c, phase, mean_of);
    size_t third = s.n / 3;
    c->slope[phase] = trend_slope(s.x, s.y, s.n, INTERVAL_LEVEL);
    c->first[phase] = c->last[phase] = NAN;
    if (s.n >= ALARM_FEWEST) {
        c->first[phase] = summary_of(s.y, third).mean;
        c->last[phase] = summary_of(s.y + (s.n - third), third).mean;
    }
    *(phase == WAVE_TRAIN ? &c->n_train : &c->n_valid) = s.n;
    series_release(&s);
}

static void look_at_growth(struct curve *c)
{
    struct series tokens = series_of(c, WAVE_TRAIN, tokens_at);
    struct series bytes = series_of(c, WAVE_TRAIN, bytes_at);
    c->growth_unit = tokens.n ? CURVE_TOKENS : CURVE_BYTES;
    const struct series *s = tokens.n ? &tokens : &bytes;
    c->growth = alarm_growth(s->x, s->y, s->n);
    series_release(&tokens);
    series_release(&bytes);
}

/* Both series ascend, so one pass finds the steps that they share. */
static void look_at_gap(struct curve *c)
{
    struct series train = series_of(c, WAVE_TRAIN, mean_of);
    struct series valid = series_of(c, WAVE_VALID, mean_of);
    size_t n = 0;
    c->last_gap = NAN;
    for (size_t i = 0, k = 0; i < train.n && k < valid.n;) {
        double ahead = train.x[i] - valid.x[k];
        if (ahead == 0) {
            train.x[n] = train.x[i];
            train.y[n] = train.y[i];
            valid.y[n] = valid.y[k];
            c->last_gap = train.y[n] - valid.y[n];
            c->last_gap_step = (int)train.x[n++];
        }
        i += ahead <= 0;
        k += ahead >= 0;
    }
    c->gap = alarm_gap(train.x, train.y, valid.y, n);
    series_release(&train);
    series_release(&valid);
}

void curve_make(struct curve *out, const struct history *h)
{
    *out = (struct curve){0};
    if (h->n_waves)
        from_waves(out, h);
    else
        from_steps(out, h);
    look_at_slope(out, WAVE_TRAIN);
    look_at_slope(out, WAVE_VALID);
    look_at_growth(out);
    look_at_gap(out);
}

void curve_release(struct curve *c)
{
    free(c->at);
    *c = (struct curve){0};
}

const struct curve_point *curve_last(const struct curve *c, enum wave_phase phase)
{
    const struct curve_point *broken = NULL;
    for (size_t i = c->n; i-- > 0;) {
        const struct curve_point *p = &c->at[i];
        if (p->phase != phase || !isfinite(p->mean))
            continue;
        if (p->complete)
            return p;
        if (!broken)
            broken = p;
    }
    return broken;
}
