#include "sim/stats/beta.h"

#include <assert.h>
#include <float.h>
#include <math.h>

/* ln gamma(x) less Stirling's (x - 1/2) ln x - x + ln(2 pi) / 2, for x >= LARGE. */
enum { LARGE = 20 };
static double stirling_rest(double x)
{
    double s = 1 / (x * x);
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / x;
}

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* ln B(a, b). Where an argument is large its log gammas are too, and their difference would lose
 * most digits: there they are taken apart by Stirling's series. */
static double log_beta(double a, double b)
{
    double more = fmax(a, b);
    double less = fmin(a, b);
    if (more < LARGE)
        return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
    double both = more + less;
    double rest = stirling_rest(more) - stirling_rest(both);
    double ratio = -(more - 0.5) * log1p(less / more) - less * log(both) + less;
    return log_gamma(less) + ratio + rest;
}

/* The d of the fraction 1 + d1 / (1 + d2 / (1 + ...)), j from 1. */
static double term(int j, double x, double a, double b)
{
    int half = j / 2;
    double m = half;
    if (j % 2)
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

static double off_zero(double x)
{
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* Converges in about sqrt(max(a, b)) steps where x lies below (a + 1) / (a + b + 2). */
static double fraction(double x, double a, double b)
{
    enum { MOST_STEPS = 1000000 };
    double value = 1;
    double c = 1;
    double d = 0;
    for (int j = 1; j < MOST_STEPS; j++) {
        double t = term(j, x, a, b);
        d = 1 / off_zero(1 + t * d);
        c = off_zero(1 + t / c);
        value *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return value;
}

static double log_of(double x, double y)
{
    return x < y ? log(x) : log1p(-y);
}

double beta_below(double x, double y, double a, double b)
{
    assert(a > 0 && b > 0 && x >= 0 && y >= 0);
    if (x <= 0)
        return 0;
    if (y <= 0)
        return 1;
    double front = exp(a * log_of(x, y) + b * log_of(y, x) - log_beta(a, b));
    if (x < (a + 1) / (a + b + 2))
        return front / (a * fraction(x, a, b));
    return 1 - front / (b * fraction(y, b, a));
}
