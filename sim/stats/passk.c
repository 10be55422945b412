#include "sim/stats/passk.h"

#include <assert.h>

/* C(c, k) / C(n, k) */
double passk_all(size_t n, size_t c, size_t k)
{
    assert(c <= n && k <= n);
    if (c < k)
        return 0;
    double product = 1;
    for (size_t i = 0; i < k; i++)
        product *= (double)(c - i) / (double)(n - i);
    return product;
}

double passk_any(size_t n, size_t c, size_t k)
{
    assert(c <= n);
    return 1 - passk_all(n, n - c, k);
}

size_t passk_rows(struct cluster *out, const struct scores *s, double pass, size_t k,
                  double (*of)(size_t n, size_t c, size_t k))
{
    assert(k);
    size_t n_out = 0;
    for (size_t i = 0; i < s->n_rows; i++) {
        size_t n = scores_row_count(s, i);
        if (n >= k)
            out[n_out++] = (struct cluster){of(n, scores_row_passes(s, i, pass), k), 1};
    }
    return n_out;
}
