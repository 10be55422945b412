#include "sim/stats/paired.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/stats/beta.h"

void paired_init(struct paired *p, const struct scores *before, const struct scores *after)
{
    *p = (struct paired){.at = mem_array(before->n_rows, sizeof(*p->at))};
    size_t b = 0;
    size_t a = 0;
    while (b < before->n_rows && a < after->n_rows) {
        if (before->row[b] < after->row[a]) {
            b++;
        } else if (before->row[b] > after->row[a]) {
            a++;
        } else {
            p->at[p->n++] = (struct paired_row){before->row[b], scores_row(before, b).mean,
                                                scores_row(after, a).mean};
            b++;
            a++;
        }
    }
    p->n_only_before = before->n_rows - p->n;
    p->n_only_after = after->n_rows - p->n;
}

void paired_release(struct paired *p)
{
    free(p->at);
    *p = (struct paired){0};
}

static double gain(const struct paired_row *r)
{
    double gain = r->after - r->before;
    return fabs(gain) < SCORES_SAME ? 0 : gain;
}

void paired_clusters(struct cluster *out, const struct paired *p)
{
    for (size_t i = 0; i < p->n; i++)
        out[i] = (struct cluster){gain(&p->at[i]), 1};
}

enum paired_flip paired_flip(const struct paired_row *r, double pass)
{
    int before = r->before >= pass - SCORES_SAME; /* a mean of passes must not fail by rounding */
    int after = r->after >= pass - SCORES_SAME;
    return before == after ? PAIRED_SAME : after ? PAIRED_GAINED : PAIRED_LOST;
}

struct paired_count paired_count(const struct paired *p, double pass)
{
    struct paired_count count = {0};
    for (size_t i = 0; i < p->n; i++) {
        double up = gain(&p->at[i]);
        enum paired_flip flip = paired_flip(&p->at[i], pass);
        count.n_up += up > 0;
        count.n_down += up < 0;
        count.n_equal += up == 0;
        count.n_gained += flip == PAIRED_GAINED;
        count.n_lost += flip == PAIRED_LOST;
    }
    return count;
}

double paired_sign_test(size_t n_up, size_t n_down)
{
    if (n_up == n_down)
        return 1;
    double less = (double)(n_up < n_down ? n_up : n_down);
    double more = (double)(n_up < n_down ? n_down : n_up);
    /* P(X <= k) of n tosses is I_1/2(n - k, k + 1). */
    return fmin(1, 2 * beta_below(0.5, 0.5, more, less + 1));
}
