#include "sim/train/advantage.h"

#include <string.h>

#include "sim/stats/scores.h"

bool advantage_of(double *out, const double *reward, size_t n, bool by_deviation)
{
    struct summary s = summary_of(reward, n);
    if (s.most - s.least < SCORES_SAME) {
        memset(out, 0, n * sizeof(*out));
        return false;
    }
    double scale = by_deviation ? summary_spread(&s) : 1;
    for (size_t i = 0; i < n; i++)
        out[i] = (reward[i] - s.mean) / scale;
    return true;
}
