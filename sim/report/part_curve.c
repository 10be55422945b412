#include "sim/report/part_curve.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/graded.h"
#include "sim/stats/sum.h"

/* Of one wave of a run. */
static double mean_of(const struct history *h, const struct history_wave *w, size_t part)
{
    size_t n_parts = h->n_graders - 1;
    struct sum sum = {0};
    size_t n = 0;
    for (size_t i = w->from; i < w->from + w->n; i++) {
        double reward = h->parts[i * n_parts + part];
        if (!graded_is(&h->rollouts[i]) || !isfinite(reward))
            continue;
        sum_add(&sum, reward);
        n++;
    }
    return n ? sum_value(&sum) / (double)n : NAN;
}

/* Of one row of a result file. */
static double mean_said(const struct history *h, const struct curve_point *p, size_t part)
{
    for (size_t i = 0; i < h->n_steps; i++) {
        const struct history_step *s = &h->steps[i];
        if (s->graders && p->step == (p->phase == WAVE_TRAIN ? s->step : s->valid_step))
            return s->graders[part + 1].mean[p->phase];
    }
    return NAN;
}

void part_curve_make(struct part_curve *out, const struct history *h, const struct curve *c)
{
    *out = (struct part_curve){0};
    if (h->n_graders < 2 || (h->n_waves && !h->parts))
        return;
    out->n_parts = h->n_graders - 1;
    out->at = mem_array(c->n * out->n_parts, sizeof(*out->at));
    for (size_t i = 0; i < c->n; i++) {
        const struct curve_point *p = &c->at[i];
        for (size_t k = 0; k < out->n_parts; k++)
            out->at[i * out->n_parts + k] =
                h->n_waves ? mean_of(h, &h->waves[p->wave], k) : mean_said(h, p, k);
    }
}

void part_curve_release(struct part_curve *p)
{
    free(p->at);
    *p = (struct part_curve){0};
}
