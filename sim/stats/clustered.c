#include "sim/stats/clustered.h"

#include <assert.h>
#include <math.h>

#include "sim/stats/sum.h"

static double total_n(const struct cluster *c, size_t n)
{
    struct sum total = {0};
    for (size_t i = 0; i < n; i++) {
        assert(c[i].n > 0);
        sum_add(&total, c[i].n);
    }
    return sum_value(&total);
}

double clustered_mean(const struct cluster *c, size_t n)
{
    struct sum total = {0};
    for (size_t i = 0; i < n; i++)
        sum_add(&total, c[i].sum);
    return n ? sum_value(&total) / total_n(c, n) : 0;
}

struct interval clustered_interval(const struct cluster *c, size_t n, double level)
{
    double mean = clustered_mean(c, n);
    if (n < 2)
        return interval_none(n ? INTERVAL_FEW : INTERVAL_EMPTY, n, mean);
    struct sum squares = {0};
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        double off = c[i].sum - mean * c[i].n;
        sum_add(&squares, off * off);
        largest = fmax(largest, fabs(c[i].sum / c[i].n));
    }
    double rows = (double)n;
    double error = sqrt(rows / (rows - 1) * sum_value(&squares)) / total_n(c, n);
    return interval_student(n, mean, error, largest, rows - 1, level);
}
