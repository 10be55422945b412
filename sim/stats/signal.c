#include "sim/stats/signal.h"

#include <assert.h>
#include <math.h>

#include "sim/stats/sum.h"

const char *signal_words(enum signal_group group)
{
    switch (group) {
    case SIGNAL_LIVE:
        return "differ";
    case SIGNAL_ALONE:
        return "one rollout";
    case SIGNAL_ZERO:
        return "all 0";
    case SIGNAL_TOP:
        return "all at the top";
    case SIGNAL_LEVEL:
        return "all the same";
    case SIGNAL_N_GROUPS:
        break;
    }
    return "?";
}

static bool is_same(double a, double b)
{
    return fabs(a - b) < SCORES_SAME;
}

enum signal_group signal_group(const double *reward, size_t n, double top)
{
    assert(n);
    struct summary s = summary_of(reward, n);
    if (n == 1)
        return SIGNAL_ALONE;
    if (!is_same(s.least, s.most))
        return SIGNAL_LIVE;
    return is_same(s.mean, 0) ? SIGNAL_ZERO : is_same(s.mean, top) ? SIGNAL_TOP : SIGNAL_LEVEL;
}

struct signal signal_of(const struct scores *s, double top)
{
    struct signal signal = {.n = s->n_rows};
    struct sum spread = {0};
    for (size_t i = 0; i < s->n_rows; i++) {
        struct summary row = scores_row(s, i);
        signal.n_groups[signal_group(s->reward + s->start[i], row.n, top)]++;
        sum_add(&spread, summary_spread(&row));
    }
    if (signal.n) {
        signal.share = (double)signal.n_groups[SIGNAL_LIVE] / (double)signal.n;
        signal.spread = sum_value(&spread) / (double)signal.n;
    }
    return signal;
}

bool signal_is_in_band(double pass_rate)
{
    double fail_rate = 1 - pass_rate;
    return fail_rate >= 0.25 - SCORES_SAME && fail_rate <= 0.5 + SCORES_SAME;
}
