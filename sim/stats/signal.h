/* Whether groups of rollouts can teach anything.
 *
 * A group is the rollouts of one row in one step. What is learned from it is how they differ, so
 * one whose rewards are all the same is dead: its rollouts are paid for and change nothing.
 * Source: advantages within a group, Shao et al. 2024 (GRPO, arXiv:2402.03300), 4.1.2.
 */
#ifndef SIM_STATS_SIGNAL_H
#define SIM_STATS_SIGNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/stats/scores.h"

enum signal_group {
    SIGNAL_LIVE,
    SIGNAL_ALONE, /* one graded rollout: nothing to differ from */
    SIGNAL_ZERO,  /* all 0: too hard, or not graded as it should be */
    SIGNAL_TOP,   /* all at the best there is: too easy */
    SIGNAL_LEVEL, /* all the same in between */
    SIGNAL_N_GROUPS,
};

struct signal {
    size_t n;                         /* groups */
    size_t n_groups[SIGNAL_N_GROUPS]; /* by enum signal_group */
    double share;                     /* of live ones, 0..1; 0 of none */
    double spread; /* mean over all of the deviation within a group (summary_spread) */
};

const char *signal_words(enum signal_group group); /* "all 0"; static storage */

/* Of n >= 1 rewards; `top` is the highest that there can be. The same means to SCORES_SAME. */
enum signal_group signal_group(const double *reward, size_t n, double top);

/* Of all rows, each as a group. */
struct signal signal_of(const struct scores *s, double top);

/* Whether a share of passes leaves 25 to 50 % that fail, where there is most to learn from. */
bool signal_is_in_band(double pass_rate);

#endif
