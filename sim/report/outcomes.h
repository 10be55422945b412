/* How the rollouts of a phase ended, and the first of each kind. */
#ifndef SIM_REPORT_OUTCOMES_H
#define SIM_REPORT_OUTCOMES_H

#include "sim/report/history.h"

#define OUTCOMES_NONE SIZE_MAX /* no such rollout */

struct outcomes {
    bool by_kind;         /* false: how many were graded is all that is known (a result file) */
    bool known;           /* false: not even how many there were; n_graded is what is known */
    uint64_t n_planned;   /* of the waves that began; 0 if it is not known */
    uint64_t n;           /* that ended, cancelled ones left out */
    uint64_t n_graded;    /* of these */
    uint64_t n_discarded; /* likewise, by a tool or the grader; of a result file all ungraded ones,
                             since it does not tell which they are */
    uint64_t n_silent;    /* graded, with no answer and no call (GAP-47) */
    uint64_t n_cancelled;
    uint64_t at[OUTCOME_N];  /* by enum outcome; 0 unless by_kind */
    size_t first[OUTCOME_N]; /* rollout; OUTCOMES_NONE */
};

void outcomes_make(struct outcomes *out, const struct history *h, enum wave_phase phase);

/* Of the phases that are known together; `first` is of training where there is one. */
struct outcomes outcomes_of_both(const struct outcomes of[HISTORY_PHASES]);

/* part / all; 0 of nothing. */
double outcomes_share(uint64_t part, uint64_t all);

#endif
