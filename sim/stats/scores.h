/* The graded rollouts of a run, row by row: what all statistics of rewards start from.
 *
 * Shape: rows in ascending order of their number, each with at least one rollout, and not all with
 * the same number of them: row i has reward[start[i]] .. reward[start[i + 1] - 1]. Rollouts that
 * have no reward are not in it; who counts them is sim/train/tally.h.
 */
#ifndef SIM_STATS_SCORES_H
#define SIM_STATS_SCORES_H

#include <stddef.h>
#include <stdint.h>

#include "sim/stats/clustered.h"
#include "sim/stats/summary.h"

/* Rewards nearer to each other than this are the same: what parts them is rounding. */
#define SCORES_SAME 1e-9

struct score {
    uint64_t row; /* any number that names it */
    double reward;
};

struct scores {
    size_t n_rows;
    size_t n;       /* rollouts */
    uint64_t *row;  /* owned; n_rows of them, ascending */
    size_t *start;  /* owned; n_rows + 1 of them, the last is n */
    double *reward; /* owned; n of them, finite, within a row in the order of the list */
};

/* From n scores in any order. */
void scores_init(struct scores *s, const struct score *list, size_t n);
void scores_release(struct scores *s); /* fine on a zeroed one */

size_t scores_row_count(const struct scores *s, size_t i); /* rollouts of row i */
struct summary scores_row(const struct scores *s, size_t i);
size_t scores_row_passes(const struct scores *s, size_t i, double pass); /* reward >= pass (GR-5) */

/* The share of all rollouts that pass; 0 of none. */
double scores_pass_rate(const struct scores *s, double pass);

/* Rows as clusters, whose mean is the mean over rollouts: of their rewards, or of 1 for each that
 * passes and 0 for each other. `out` has room for n_rows. */
void scores_clusters(struct cluster *out, const struct scores *s);
void scores_pass_clusters(struct cluster *out, const struct scores *s, double pass);

#endif
