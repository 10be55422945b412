/* Two histories side by side, paired by row.
 *
 * What is compared is one slice of each: its last evaluation, one that is named, or all of its
 * training. Rows are paired by their content (sim/job/row_digest.h), so the files may have other
 * names and another order; of rows that stand in a file more than once the first is paired with the
 * first, and so on. Differences are the second minus the first. What has no reward in either run is
 * in no difference; it is counted.
 * Source: sim/stats/paired.h for the statistics.
 * Threads: pure.
 */
#ifndef SIM_REPORT_COMPARE_H
#define SIM_REPORT_COMPARE_H

#include "sim/report/history.h"
#include "sim/stats/interval.h"
#include "sim/stats/paired.h"

enum { COMPARE_LAST_STEP = -1 };

/* Which slice. Without an evaluation at all, training is taken. */
struct compare_pick {
    bool train; /* all training steps */
    int step;   /* of the evaluation; COMPARE_LAST_STEP: the last one that is complete */
};

/* A slice of one history. */
struct compare_side {
    const struct history *of; /* borrowed */
    enum wave_phase phase;
    int step;   /* of the evaluation; of training the last one */
    uint64_t n; /* rollouts that ended */
    uint64_t n_graded;
    uint64_t outcomes[OUTCOME_N];
    double n_calls; /* a rollout; NAN if it is not known */
    double n_turns;
    size_t n_rows; /* that rollouts are of */
    size_t n_only; /* of these: rows that the other has not */
};

/* A row that both have, graded in both. */
struct compare_row {
    uint32_t row[2]; /* index into the rows of its side's phase */
    size_t first[2]; /* its first graded rollout */
    size_t n[2];     /* graded rollouts */
    double mean[2];
    enum paired_flip flip; /* whether the mean crosses the threshold; PAIRED_SAME without one */
};

/* Something that both runs have a mean of, over the rows that are graded in both; each row counts
 * the same. */
struct compare_value {
    const char *name; /* "reward", "pass rate", or a sub-score's; borrowed from a history */
    double mean[2];
    struct interval t; /* of the difference */
    struct interval bootstrap;
};

struct comparison {
    struct compare_side side[2];
    double threshold;         /* of passing; NAN if there is none */
    size_t n_paired;          /* rows that both have */
    size_t n_ungraded;        /* of these: without a reward in one of them */
    struct compare_row *rows; /* owned; the others, the largest difference first */
    size_t n_rows;
    struct paired_count count;
    double sign_test;             /* how likely the split into up and down is by chance */
    struct compare_value *values; /* owned; reward, pass rate if there is a threshold, sub-scores
                                     that both have */
    size_t n_values;
};

/* `threshold` NAN: the second's pass_threshold, or else the first's. Both histories outlive `out`.
 * Errors: ERR_DATA: one of them has no rollouts, or not this slice, or no row of theirs is paired.
 * Release `out` in any case. */
NODISCARD enum err_code compare_make(struct comparison *out, const struct history *a,
                                     const struct history *b, const struct compare_pick *pick,
                                     double threshold, struct err *e);
void compare_release(struct comparison *c); /* fine on a zeroed one */

/* Whether anything at all differs: an outcome, a reward, or the rows that there are. */
bool compare_differs(const struct comparison *c);

#endif
