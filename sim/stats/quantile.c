#include "sim/stats/quantile.h"

#include <assert.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void quantile_sort(double *x, size_t n)
{
    if (n)
        qsort(x, n, sizeof(*x), by_value);
}

double quantile_of(const double *sorted, size_t n, double q)
{
    assert(n && q >= 0 && q <= 1);
    double place = (double)(n - 1) * q;
    size_t below = (size_t)place;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}
