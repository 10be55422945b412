#include "sim/stats/summary.h"

#include <math.h>

#include "sim/stats/sum.h"

struct summary summary_of(const double *x, size_t n)
{
    struct summary s = {.n = n};
    if (!n)
        return s;
    struct sum total = {0};
    s.least = s.most = x[0];
    for (size_t i = 0; i < n; i++) {
        sum_add(&total, x[i]);
        s.least = fmin(s.least, x[i]);
        s.most = fmax(s.most, x[i]);
    }
    s.mean = sum_value(&total) / (double)n;
    if (s.least == s.most) { /* else rounding of the mean would pass for spread */
        s.mean = s.least;
        return s;
    }
    struct sum squares = {0};
    for (size_t i = 0; i < n; i++)
        sum_add(&squares, (x[i] - s.mean) * (x[i] - s.mean));
    s.squares = sum_value(&squares);
    return s;
}

bool summary_variance(double *out, const struct summary *s)
{
    if (s->n < 2)
        return false;
    *out = s->squares / (double)(s->n - 1);
    return true;
}

bool summary_deviation(double *out, const struct summary *s)
{
    double variance;
    if (!summary_variance(&variance, s))
        return false;
    *out = sqrt(variance);
    return true;
}

double summary_spread(const struct summary *s)
{
    return s->n ? sqrt(s->squares / (double)s->n) : 0;
}
