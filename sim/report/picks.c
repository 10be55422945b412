#include "sim/report/picks.h"

#include <math.h>

#include "sim/report/graded.h"

/* Whether rollout a belongs before b in a list that begins with the lowest (`sign` 1) or the
 * highest (-1) reward; the earlier one of equals. */
static bool goes_before(const struct history *h, size_t a, size_t b, int sign)
{
    double x = h->rollouts[a].reward * sign;
    double y = h->rollouts[b].reward * sign;
    return x < y || (x == y && a < b);
}

/* Put `i` into its place of the n that are there, in the stead of its row's own if that is later.
 */
static size_t insert(size_t list[PICKS_MOST], size_t n, const struct history *h, size_t i, int sign)
{
    size_t same = n;
    for (size_t k = 0; k < n; k++) {
        if (h->rollouts[list[k]].row == h->rollouts[i].row)
            same = k;
    }
    if (same < n && goes_before(h, list[same], i, sign))
        return n;
    if (same == n && n == PICKS_MOST && goes_before(h, list[n - 1], i, sign))
        return n;
    size_t at = same < n ? same : n < PICKS_MOST ? n++ : n - 1;
    for (; at && goes_before(h, i, list[at - 1], sign); at--)
        list[at] = list[at - 1];
    list[at] = i;
    return n;
}

/* Of a wave whose rewards are not all the same, no rollout that has the best is among the worst,
 * nor the other way round. */
static bool is_listed(const struct picks *p, double reward, double bound)
{
    return p->least == p->most || reward != bound;
}

static void set_range(struct picks *out, const struct history *h, const struct history_wave *w)
{
    out->least = INFINITY;
    out->most = -INFINITY;
    for (size_t i = w->from; i < w->from + w->n; i++) {
        if (!graded_is(&h->rollouts[i]))
            continue;
        out->least = fmin(out->least, h->rollouts[i].reward);
        out->most = fmax(out->most, h->rollouts[i].reward);
    }
}

void picks_make(struct picks *out, const struct history *h)
{
    *out = (struct picks){.wave = graded_last_wave(h, WAVE_VALID)};
    if (out->wave == SIZE_MAX)
        out->wave = graded_last_wave(h, WAVE_TRAIN);
    if (out->wave == SIZE_MAX)
        return;
    const struct history_wave *w = &h->waves[out->wave];
    set_range(out, h, w);
    for (size_t i = w->from; i < w->from + w->n; i++) {
        if (!graded_is(&h->rollouts[i]))
            continue;
        if (is_listed(out, h->rollouts[i].reward, out->most))
            out->n_worst = insert(out->worst, out->n_worst, h, i, 1);
        if (is_listed(out, h->rollouts[i].reward, out->least))
            out->n_best = insert(out->best, out->n_best, h, i, -1);
    }
}
