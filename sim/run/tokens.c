#include "sim/run/tokens.h"

void tokens_add_turn(struct tokens *sum, const struct policy_tokens *turn)
{
    if (!turn->told)
        return;
    sum->n_turns++;
    sum->n_reasoning += turn->reasoning_told;
    sum->prompt += turn->prompt;
    sum->completion += turn->completion;
    sum->reasoning += turn->reasoning;
}

void tokens_add(struct tokens *sum, const struct tokens *more)
{
    sum->n_turns += more->n_turns;
    sum->n_reasoning += more->n_reasoning;
    sum->prompt += more->prompt;
    sum->completion += more->completion;
    sum->reasoning += more->reasoning;
}

static bool mean(int64_t sum, int64_t n, double *out)
{
    if (!n)
        return false;
    *out = (double)sum / (double)n;
    return true;
}

bool tokens_completion_mean(const struct tokens *t, double *out)
{
    return mean(t->completion, t->n_turns, out);
}

bool tokens_reasoning_mean(const struct tokens *t, double *out)
{
    return mean(t->reasoning, t->n_reasoning, out);
}
