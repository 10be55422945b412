/* The groups of a training step: which of them can teach anything.
 *
 * Rewards are as the service's mean has them: a rollout without one counts as -1 (EV-4), so a
 * group that lost some of its rollouts is not dead. (The report's signal is over graded ones only.)
 * Threads: pure.
 */
#ifndef SIM_TRAIN_GROUPS_H
#define SIM_TRAIN_GROUPS_H

#include "sim/run/run.h"

#define REWARD_UNGRADED (-1.0)

struct groups {
    size_t n;
    size_t n_dead;                /* one reward for all: nothing to learn from */
    double dead_least, dead_most; /* what that reward is in them; 0 of none */
    double spread;                /* mean over all of the standard deviation within a group */
};

/* The rewards of row number `i` of the wave: `out` has room for n_samples. */
void groups_rewards(double *out, const struct wave *w, size_t i);

/* Of a wave that has ended. */
struct groups groups_of(const struct wave *w);

#endif
