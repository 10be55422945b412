/* A histogram of times that is small, fast, and right to 1.6 %.
 *
 * Log-linear: each power of two is cut into 64 equal cells, so a quantile is off by at most 1/64
 * of itself, whatever the range. Counts add, so two histograms merge without loss.
 */
#ifndef SIM_BASE_HIST_H
#define SIM_BASE_HIST_H

#include <stddef.h>
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

/* A quarter of a power of two, as a histogram is drawn. */
struct hist_bin {
    unsigned at;             /* its place: bins without a value stand between */
    int64_t low_ns, high_ns; /* low_ns <= value < high_ns */
    uint64_t n;              /* above 0 */
};

/* The bins that hold something, ascending; the caller's to free(). */
struct hist_bin *hist_bins(const struct hist *h, size_t *n);

/* The value below which a share `q`, 0..1, of what was added lies: the middle of its cell. 0 for
 * an empty histogram. */
int64_t hist_quantile(const struct hist *h, double q);

#endif
