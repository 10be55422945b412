#include "sim/stats/power.h"

#include <assert.h>
#include <math.h>

#include "sim/stats/student.h"

double power_variance(const struct components *c, double per_row, enum power_design design)
{
    assert(per_row >= 1);
    double variance = c->within / per_row;
    if (design == POWER_OTHER_ROWS)
        variance += c->between;
    return 2 * variance;
}

/* In standard errors. */
static double reach(double df)
{
    return student_quantile((1 + INTERVAL_LEVEL) / 2, df) + student_quantile(POWER_TARGET, df);
}

bool power_gain(double *out, double variance, size_t n)
{
    if (n < 2)
        return false;
    *out = sqrt(variance / (double)n) * reach((double)n - 1);
    return true;
}

size_t power_rows(double variance, double gain)
{
    assert(variance >= 0 && gain > 0);
    double by_normal = variance * pow(reach(INFINITY) / gain, 2);
    if (by_normal >= POWER_MOST_ROWS)
        return POWER_MOST_ROWS;
    size_t n = by_normal < 2 ? 2 : (size_t)by_normal; /* t asks for a few more */
    for (;; n++) {
        double shown;
        if (power_gain(&shown, variance, n) && shown <= gain)
            return n;
    }
}
