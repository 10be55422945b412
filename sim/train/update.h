/* One step of learning: from the rollouts of a step to what the policy prefers from then on.
 *
 * Policy gradient with advantages within a group (REINFORCE, Williams 1992; groups as in GRPO):
 * for each turn of each rollout in a state s that took the action a, each action b of s gains
 *
 *     step_size * ( advantage * ([a = b] - chance(b)) + entropy_bonus * d entropy(s) / d b ) / n
 *
 * with the n rollouts of the group, chances as they were while rolling out, summed over the groups
 * of the step. Dead groups are skipped. Everything is added up in the order of the rollouts'
 * numbers, so that what is learned does not hang on threads.
 */
#ifndef SIM_TRAIN_UPDATE_H
#define SIM_TRAIN_UPDATE_H

#include <stdbool.h>

#include "sim/policy/learner.h"
#include "sim/run/run.h"
#include "sim/train/groups.h"

/* How the chance of an action changed. */
struct gain {
    uint64_t state;
    size_t action;
    double before, after;
    size_t n_visits; /* turns of the step that were taken in this state */
};

struct update {
    struct gain *gains; /* owned; every action of every state that was visited; what changed the
                           most turns first */
    size_t n;
    size_t n_turns; /* of all states */
};

/* Learn from a training wave that has ended. `begins` has the state in which episodes of each of
 * its rows begin, by place. Release `*out` with update_release(). */
void update_make(struct update *out, struct learned *l, const struct learning *how,
                 const struct wave *w, const uint64_t *begins);
void update_release(struct update *u);

#endif
