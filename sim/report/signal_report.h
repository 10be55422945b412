/* The signal report: is there anything in these rewards to learn from, and can a gain be seen?
 *
 * Slices are the rollouts that a question is asked of: the first evaluation (what training starts
 * from), the last one if it is another, and training as a whole. Everything is over graded
 * rollouts, and says over how many; rows count by the place they have in their file.
 * Source: sim/stats/{scores,signal,passk,components,power,clustered,bootstrap}.h; GAP-37 for
 * pass_threshold, which changes no reward.
 */
#ifndef SIM_REPORT_SIGNAL_REPORT_H
#define SIM_REPORT_SIGNAL_REPORT_H

#include "sim/report/history.h"
#include "sim/stats/components.h"
#include "sim/stats/interval.h"
#include "sim/stats/scores.h"
#include "sim/stats/signal.h"

enum { SIGNAL_MOST_LEVELS = 8, SIGNAL_MOST_KS = 8, SIGNAL_GAINS = 2 };

/* The share of rollouts that reach a reward. */
struct signal_level {
    double at;
    bool is_threshold; /* the grader's pass_threshold */
    size_t n_passed;
    double pass_rate; /* of n graded */
    bool in_band;     /* 25 to 50 % fail: where RFT learns best */
};

/* pass@k and pass^k: will one of k, will all of k reach `bar`. */
struct signal_k {
    size_t k;
    size_t n_rows; /* that have k graded rollouts */
    double any, all;
};

/* How many validation rows it takes to see a gain (sim/stats/power.h); an estimate. */
struct signal_need {
    double gain;
    size_t same_rows;  /* before and after on the same rows, all of which gain the same */
    size_t other_rows; /* on different rows, as many each */
};

enum signal_slice_kind { SLICE_FIRST, SLICE_LAST, SLICE_TRAIN, SLICE_N };

struct signal_slice {
    enum signal_slice_kind kind;
    enum wave_phase phase;
    int step;            /* of the evaluation; of SLICE_TRAIN the last one */
    bool complete;       /* every rollout that was planned ended */
    size_t n_samples;    /* rollouts a row, in one wave */
    uint64_t n;          /* rollouts that ended */
    uint64_t n_recorded; /* of these, with a verdict in an export */
    uint64_t n_recorded_passes;
    struct scores scores;      /* owned; the graded ones; `row` is an index into the phase's rows */
    double least, most;        /* reward; NAN of none */
    struct interval t;         /* of the mean, clustered by row */
    struct interval bootstrap; /* the same without assuming a shape */
    struct signal_level levels[SIGNAL_MOST_LEVELS]; /* ascending */
    size_t n_levels;
    double band_low, band_high; /* any threshold from here to there leaves 25 to 50 % that fail;
                                   NAN if none does */
    double bar;                 /* what counts as passed for k: pass_threshold, or else the top */
    struct signal_k ks[SIGNAL_MOST_KS];
    size_t n_ks;
    bool has_components; /* else `needs` rest on all of the variance, and on other rows alone */
    struct components components;
    struct signal_need needs[SIGNAL_GAINS]; /* of 0.05 and 0.1, times the top; validation only */
    size_t n_needs;
    double seen; /* the smallest gain that as many rows show (same rows); NAN if it is not known */
};

/* The groups of one training step. */
struct signal_step {
    int step;
    size_t wave;
    struct signal groups;
};

/* The groups of one training row, over the steps. */
struct signal_row {
    uint32_t row; /* index into the training file's rows */
    uint64_t n_graded;
    double mean;
    size_t n_groups;
    size_t by[SIGNAL_N_GROUPS];
    size_t first; /* rollout, the row's first graded one */
};

struct signal_report {
    double top;           /* 1, or the highest reward seen if that is more */
    double threshold;     /* pass_threshold; NAN if there is none */
    double threshold_low; /* of an export that records passes, but not what for: it is above this
                             and at most `threshold`; else NAN */
    struct signal_slice slices[SLICE_N];
    size_t n_slices;           /* 0: no rollouts are known */
    struct signal groups;      /* of training: a group is a row in a step */
    struct signal_step *steps; /* owned */
    size_t n_steps;
    struct signal_row *rows; /* owned; those with the largest share of dead groups first */
    size_t n_rows;
    size_t n_dead_rows; /* no group of theirs was live */
};

void signal_report_make(struct signal_report *out, const struct history *h);
void signal_report_release(struct signal_report *s); /* fine on a zeroed one */

const struct signal_slice *signal_slice(const struct signal_report *s,
                                        enum signal_slice_kind kind); /* NULL if there is none */
const char *signal_slice_words(enum signal_slice_kind kind);          /* static storage */

/* The last evaluation, be it also the first; NULL if there is none. */
const struct signal_slice *signal_last(const struct signal_report *s);

/* Groups of `g` that are dead: all the same. */
size_t signal_dead(const struct signal *g);

#endif
