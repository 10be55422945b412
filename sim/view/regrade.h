/* What came of grading finished samples again: how many, the means, what changed.
 *
 * With --json {"type":"regrade",...} for every sample, then {"type":"regrades",...}. What is left
 * out is counted with its reason, and means say over how many they are.
 */
#ifndef SIM_VIEW_REGRADE_H
#define SIM_VIEW_REGRADE_H

#include "grader/grader.h"
#include "sim/run/results.h"
#include "sim/train/tally.h"

enum {
    REGRADE_SHOWN = 20,  /* differences; the rest is counted */
    REGRADE_REASONS = 4, /* for which samples are left out */
};

struct regrade_change {
    size_t place;
    char *id; /* owned; may be NULL */
    double old, fresh;
};

/* Zeroed but for the first few. */
struct regrade {
    const char *path;            /* borrowed */
    const struct grader *grader; /* borrowed */
    bool is_export;              /* places are items, not lines */
    bool has_threshold;          /* the grader has a pass_threshold */
    double threshold;
    size_t n;
    struct {
        const char *why;
        size_t n;
    } left_out[REGRADE_REASONS];
    size_t n_left_out;
    size_t n_old, n_old_passed, n_old_judged; /* judged: recorded as passed or failed */
    double old_sum;
    size_t n_new, n_new_passed;
    double new_sum;
    size_t n_both; /* with an old reward and a new one */
    double both_old_sum, both_new_sum;
    size_t n_changed, n_pass_now, n_fail_now;
    size_t n_lost, n_flagged;
    size_t errors[GRADE_N_ERRORS];
    char *first_error;                        /* owned; where and why */
    struct regrade_change top[REGRADE_SHOWN]; /* the largest first */
    size_t n_top;
    struct reading_tally readings[READINGS]; /* of those graded again */
};

void regrade_release(struct regrade *r);

/* Count one. `grade` is NULL if it was left out. */
void regrade_add(struct regrade *r, const struct result *x, const struct grade *grade);

void regrade_json(struct buf *out, const struct regrade *r, const struct result *x,
                  const struct grade *grade);
void regrade_summary_text(struct buf *out, const struct regrade *r);
void regrade_summary_json(struct buf *out, const struct regrade *r);

#endif
