/* What a rollout was worth beside the others of its group: the rollouts of one row in one step.
 *
 * Source: Shao et al. 2024 (GRPO, arXiv:2402.03300), 4.1.2; without the division Liu et al. 2025
 * (Dr. GRPO, arXiv:2503.20783). Pure.
 */
#ifndef SIM_TRAIN_ADVANTAGE_H
#define SIM_TRAIN_ADVANTAGE_H

#include <stdbool.h>
#include <stddef.h>

/* out[i] = reward[i] - their mean, of n >= 1 rewards; `by_deviation`: divided by their standard
 * deviation (of all n, not n - 1). False if they are all the same: the group is dead, out is 0. */
bool advantage_of(double *out, const double *reward, size_t n, bool by_deviation);

#endif
