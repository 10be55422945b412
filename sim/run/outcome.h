/* How a rollout ended: exactly one of these. */
#ifndef SIM_RUN_OUTCOME_H
#define SIM_RUN_OUTCOME_H

#include <stdbool.h>

/* name, identifier, whether it has a reward, words */
#define OUTCOMES(X)                                                                  \
    X(GRADED, "graded", true, "answered and graded")                                 \
    X(GRADED_CUT, "graded_cut", true, "cut at max_episode_steps, then graded")       \
    X(DISCARDED_TOOL, "discarded_tool", false, "thrown away: a tool call failed")    \
    X(DISCARDED_GRADER, "discarded_grader", false, "thrown away: the grader failed") \
    X(POLICY_FAILED, "policy_failed", false, "the policy could not take its turn")   \
    X(CANCELLED, "cancelled", false, "stopped before it ended")

enum outcome {
#define X(name, id, graded, words) OUTCOME_##name,
    OUTCOMES(X)
#undef X
        OUTCOME_N,
};

const char *outcome_name(enum outcome o);
const char *outcome_words(enum outcome o);
bool outcome_is_graded(enum outcome o);
bool outcome_find(enum outcome *out, const char *name); /* false: there is none of that name */

#endif
