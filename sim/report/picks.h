/* Rollouts worth a look: the worst and the best, no row twice in either list. Of the last
 * evaluation, or where there is none of the last training step. The best reward is not among the
 * worst, nor the other way round, unless all are the same. */
#ifndef SIM_REPORT_PICKS_H
#define SIM_REPORT_PICKS_H

#include "sim/report/history.h"

enum { PICKS_MOST = 5 };

struct picks {
    size_t wave;              /* that they are of; SIZE_MAX if no rollout is known */
    size_t worst[PICKS_MOST]; /* rollouts, the lowest reward first */
    size_t n_worst;
    size_t best[PICKS_MOST]; /* the highest first */
    size_t n_best;
    double least, most; /* reward of the wave */
};

void picks_make(struct picks *out, const struct history *h);

#endif
