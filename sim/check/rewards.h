/* A grader's rewards beside pass_threshold: one that nobody or everybody reaches, and a formula
 * that always comes to the same (GR-5, GAP-37). */
#ifndef SIM_CHECK_REWARDS_H
#define SIM_CHECK_REWARDS_H

#include "grader/grader.h"

/* Faults go to `list`: J016, J017. */
void rewards_check(const struct grader *g, const struct job *job, struct diags *list);

#endif
