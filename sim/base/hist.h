/* A histogram of times that is small, fast, and right to 1.6 %.
 *
 * Log-linear: each power of two is cut into 64 equal cells, so a quantile is off by at most 1/64
 * of itself, whatever the range. Counts add, so two histograms merge without loss.
 */
#ifndef SIM_BASE_HIST_H
#define SIM_BASE_HIST_H

#include <stdint.h>

enum {
    HIST_CELLS_LOG2 = 6,
    HIST_POWERS = 48, /* values from 0 to 2^48 ns, three days; more counts as that */
    HIST_ROOM = (HIST_POWERS - HIST_CELLS_LOG2 + 1) << HIST_CELLS_LOG2,
};

struct hist {
    uint32_t *at; /* owned; NULL while empty */
    uint64_t n;
};

void hist_add(struct hist *h, int64_t value_ns);
void hist_merge(struct hist *into, const struct hist *from);
void hist_release(struct hist *h);

/* The value below which a share `q`, 0..1, of what was added lies: the middle of its cell. 0 for
 * an empty histogram. */
int64_t hist_quantile(const struct hist *h, double q);

#endif
