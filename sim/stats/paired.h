/* Two runs over the same rows, row by row.
 *
 * What the rows have in common (an easy one is easy in both) falls out of the difference, so a pair
 * of runs shows smaller gains than two runs over different rows. Each row counts the same, however
 * many rollouts it has in either.
 */
#ifndef SIM_STATS_PAIRED_H
#define SIM_STATS_PAIRED_H

#include <stddef.h>
#include <stdint.h>

#include "sim/stats/scores.h"

struct paired_row {
    uint64_t row;
    double before, after; /* mean rewards */
};

struct paired {
    size_t n;
    struct paired_row *at; /* owned; rows that both runs have, ascending */
    size_t n_only_before, n_only_after;
};

enum paired_flip { PAIRED_SAME, PAIRED_GAINED, PAIRED_LOST };

struct paired_count {
    size_t n_up, n_down, n_equal; /* of the rows' means; equal to SCORES_SAME */
    size_t n_gained, n_lost;      /* by paired_flip */
};

void paired_init(struct paired *p, const struct scores *before, const struct scores *after);
void paired_release(struct paired *p); /* fine on a zeroed one */

/* after - before, a cluster a row: clustered_interval and bootstrap_interval of these are those of
 * the gain. `out` has room for n. */
void paired_clusters(struct cluster *out, const struct paired *p);

/* Whether a row's mean reaches `pass` in the one run and not in the other. */
enum paired_flip paired_flip(const struct paired_row *r, double pass);
struct paired_count paired_count(const struct paired *p, double pass);

/* The sign test: how likely rows are split so unevenly, or more, if up and down were a toss of a
 * coin; two-sided, exact. 1 if no row moved. */
double paired_sign_test(size_t n_up, size_t n_down);

#endif
