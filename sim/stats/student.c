#include "sim/stats/student.h"

#include <assert.h>
#include <math.h>

#include "sim/stats/beta.h"

double student_above(double t, double df)
{
    assert(df > 0 && !isnan(t));
    if (t < 0)
        return 1 - student_above(-t, df);
    if (isinf(df))
        return 0.5 * erfc(t * M_SQRT1_2);
    return 0.5 * beta_below(1 / (1 + t * t / df), 1 / (1 + df / (t * t)), df / 2, 0.5);
}

/* By halving, down to two neighbouring numbers: nothing to tune, and as exact as the above. */
double student_quantile(double p, double df)
{
    assert(p > 0 && p < 1);
    if (p < 0.5)
        return -student_quantile(1 - p, df);
    double tail = 1 - p;
    double low = 0;
    double high = 1;
    while (student_above(high, df) > tail) {
        low = high;
        high *= 2;
    }
    for (;;) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            return middle;
        if (student_above(middle, df) > tail)
            low = middle;
        else
            high = middle;
    }
}
