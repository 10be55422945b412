/* Will one of k answers pass, will all of them: pass@k and pass^k.
 *
 * Of n answers c passed; k of the n are drawn without putting back. Averaged over draws that is the
 * estimate without bias of what k new answers would do, which (c / n)^k is not.
 * Source: pass@k of Chen et al. 2021 (arXiv:2107.03374), equation 1; pass^k of Yao et al. 2024
 * (tau-bench, arXiv:2406.12045).
 */
#ifndef SIM_STATS_PASSK_H
#define SIM_STATS_PASSK_H

#include <stddef.h>

#include "sim/stats/scores.h"

double passk_any(size_t n, size_t c, size_t k); /* pass@k: 1 - C(n - c, k) / C(n, k); c, k <= n */
double passk_all(size_t n, size_t c, size_t k); /* pass^k: C(c, k) / C(n, k) */

/* `of` (one of the two above) for each row that has at least k >= 1 rollouts, each row counting the
 * same: clustered_mean of these is the run's. `out` has room for n_rows. Returns how many there
 * are; rows with fewer rollouts can say nothing of k. */
size_t passk_rows(struct cluster *out, const struct scores *s, double pass, size_t k,
                  double (*of)(size_t n, size_t c, size_t k));

#endif
