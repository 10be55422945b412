/* How much of the spread of rewards is between rows, and how much within them.
 *
 * A reward is taken as row + chance. Rows of unequal size are allowed for: with MSB and MSW the
 * mean squares between and within rows, N rollouts in G rows of n_i, within = MSW,  between = (MSB
 * - MSW) / n0,  n0 = (N - sum n_i^2 / N) / (G - 1). Source: one-way analysis of variance with
 * random effects; Searle, Casella and McCulloch 1992, "Variance Components", chapter 3.
 */
#ifndef SIM_STATS_COMPONENTS_H
#define SIM_STATS_COMPONENTS_H

#include <stdbool.h>

#include "sim/stats/scores.h"

struct components {
    double between;  /* variance of the rows' own means; at least 0 */
    double within;   /* variance of one row's rollouts, the same for all rows */
    double likeness; /* between / (between + within), 0..1: how alike two rollouts of a row are */
};

/* False if there are fewer than two rows, or no row has two rollouts. */
bool components_of(struct components *out, const struct scores *s);

#endif
