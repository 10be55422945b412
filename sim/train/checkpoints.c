#include "sim/train/checkpoints.h"

int checkpoints_add(struct checkpoints *c, int step, double reward)
{
    size_t place = 0;
    while (place < c->n && c->at[place].reward > reward)
        place++;
    if (place == CHECKPOINTS_KEPT)
        return step;
    int out = c->n == CHECKPOINTS_KEPT ? c->at[CHECKPOINTS_KEPT - 1].step : 0;
    c->n += !out;
    for (size_t i = c->n - 1; i > place; i--)
        c->at[i] = c->at[i - 1];
    c->at[place] = (struct checkpoint){step, reward};
    return out;
}
