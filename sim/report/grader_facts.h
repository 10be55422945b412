/* What the grader said, and each grader of a multi, by phase: over graded rollouts. */
#ifndef SIM_REPORT_GRADER_FACTS_H
#define SIM_REPORT_GRADER_FACTS_H

#include "grader/grader.h"
#include "sim/report/history.h"

struct grader_fact {
    const struct history_grader *grader; /* borrowed; a zeroed one if its type is not known */
    bool is_part;                        /* of a multi */
    enum wave_phase phase;
    uint64_t n;         /* graded; 0 if it is known by mean only (a result file) */
    double mean;        /* NAN of none */
    double spread;      /* standard deviation of the rewards; NAN if it is not known */
    double least, most; /* NAN likewise */
    /* Of the whole only; -1 where it is not known. A part's errors stand in the whole's (GAP-11).
     */
    int64_t n_errors; /* rollouts with any error */
    uint64_t errors[GRADE_N_ERRORS];
    double error_share;  /* NAN if it is not known */
    double p50_s, p95_s; /* in the grader; NAN likewise */
    size_t first_error;  /* rollout; SIZE_MAX */
};

struct grader_facts {
    struct grader_fact *at; /* owned; grader by grader, of each the phases in which it graded */
    size_t n;
};

void grader_facts_make(struct grader_facts *out, const struct history *h);
void grader_facts_release(struct grader_facts *g); /* fine on a zeroed one */

#endif
