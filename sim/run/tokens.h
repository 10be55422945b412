/* Tokens that turns have used, in the count of whoever served the model. A stub has none, and then
 * none are told: nothing is estimated. Source: EV-10. Pure.
 */
#ifndef SIM_RUN_TOKENS_H
#define SIM_RUN_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/policy/policy.h"

struct tokens {
    int64_t n_turns;     /* that said how many there were */
    int64_t n_reasoning; /* and how many of these were for reasoning */
    int64_t prompt;
    int64_t completion;
    int64_t reasoning; /* of the completions */
};

void tokens_add_turn(struct tokens *sum, const struct policy_tokens *turn);
void tokens_add(struct tokens *sum, const struct tokens *more);

/* Means of a turn that said so. False if none did. */
bool tokens_completion_mean(const struct tokens *t, double *out);
bool tokens_reasoning_mean(const struct tokens *t, double *out);

#endif
