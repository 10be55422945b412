#include "sim/stats/components.h"

#include <math.h>

#include "sim/stats/sum.h"

bool components_of(struct components *out, const struct scores *s)
{
    if (s->n_rows < 2 || s->n == s->n_rows)
        return false;
    double mean = summary_of(s->reward, s->n).mean;
    double all = (double)s->n;
    struct sum between = {0};
    struct sum within = {0};
    struct sum sizes = {0}; /* squared */
    for (size_t i = 0; i < s->n_rows; i++) {
        struct summary row = scores_row(s, i);
        double n = (double)row.n;
        sum_add(&between, n * (row.mean - mean) * (row.mean - mean));
        sum_add(&within, row.squares);
        sum_add(&sizes, n * n);
    }
    double df = (double)s->n_rows - 1;
    double per_row = (all - sum_value(&sizes) / all) / df;
    out->within = sum_value(&within) / (all - (double)s->n_rows);
    out->between = fmax(0, (sum_value(&between) / df - out->within) / per_row);
    double both = out->between + out->within;
    out->likeness = both > 0 ? out->between / both : 0;
    return true;
}
