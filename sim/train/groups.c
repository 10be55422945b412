#include "sim/train/groups.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/stats/scores.h"
#include "sim/stats/sum.h"

void groups_rewards(double *out, const struct wave *w, size_t i)
{
    const struct rollout_end *end = &w->ends[i * w->n_samples];
    for (size_t k = 0; k < w->n_samples; k++)
        out[k] = outcome_is_graded(end[k].outcome) ? end[k].reward : REWARD_UNGRADED;
}

struct groups groups_of(const struct wave *w)
{
    struct groups g = {.n = w->n_rows};
    struct sum spread = {0};
    double *reward = mem_array(w->n_samples, sizeof(*reward));
    for (size_t i = 0; i < w->n_rows; i++) {
        groups_rewards(reward, w, i);
        struct summary s = summary_of(reward, w->n_samples);
        if (s.most - s.least < SCORES_SAME) {
            g.dead_least = g.n_dead ? fmin(g.dead_least, s.mean) : s.mean;
            g.dead_most = g.n_dead ? fmax(g.dead_most, s.mean) : s.mean;
            g.n_dead++;
        }
        sum_add(&spread, summary_spread(&s));
    }
    if (g.n)
        g.spread = sum_value(&spread) / (double)g.n;
    free(reward);
    return g;
}
