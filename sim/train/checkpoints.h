/* Which states of the policy are kept: those of the three evaluations with the highest mean reward.
 *
 * Source: contract 2.7; of the same mean the later one (GAP-44).
 */
#ifndef SIM_TRAIN_CHECKPOINTS_H
#define SIM_TRAIN_CHECKPOINTS_H

#include <stddef.h>

enum { CHECKPOINTS_KEPT = 3 };

struct checkpoint {
    int step;
    double reward; /* mean over the graded rollouts of its evaluation */
};

struct checkpoints {
    struct checkpoint at[CHECKPOINTS_KEPT]; /* the best first */
    size_t n;
};

/* Steps come in ascending order. Returns the step that is kept no longer: its own if it is not
 * among the best, 0 if none had to go. */
int checkpoints_add(struct checkpoints *c, int step, double reward);

#endif
