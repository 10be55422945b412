#include "sim/stats/trend.h"

#include <math.h>

#include "sim/stats/sum.h"
#include "sim/stats/summary.h"

struct interval trend_slope(const double *x, const double *y, size_t n, double level)
{
    struct summary sx = summary_of(x, n);
    struct summary sy = summary_of(y, n);
    if (!(sx.squares > 0))
        return interval_none(INTERVAL_EMPTY, n, 0);
    struct sum products = {0};
    for (size_t i = 0; i < n; i++)
        sum_add(&products, (x[i] - sx.mean) * (y[i] - sy.mean));
    double slope = sum_value(&products) / sx.squares;
    if (n < 3)
        return interval_none(INTERVAL_FEW, n, slope);
    struct sum squares = {0};
    for (size_t i = 0; i < n; i++) {
        double off = y[i] - sy.mean - slope * (x[i] - sx.mean);
        sum_add(&squares, off * off);
    }
    double df = (double)n - 2;
    double error = sqrt(sum_value(&squares) / df / sx.squares);
    double scale = fmax(fabs(sy.least), fabs(sy.most)) / sqrt(sx.squares);
    return interval_student(n, slope, error, scale, df, level);
}
