#include "sim/stats/sum.h"

#include <math.h>

void sum_add(struct sum *s, double x)
{
    double total = s->total + x;
    if (fabs(s->total) >= fabs(x))
        s->lost += (s->total - total) + x;
    else
        s->lost += (x - total) + s->total;
    s->total = total;
}

double sum_value(const struct sum *s)
{
    return s->total + s->lost;
}
