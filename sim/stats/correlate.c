#include "sim/stats/correlate.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/stats/sum.h"
#include "sim/stats/summary.h"

bool correlate_pearson(double *out, const double *a, const double *b, size_t n)
{
    struct summary sa = summary_of(a, n);
    struct summary sb = summary_of(b, n);
    if (!(sa.squares > 0) || !(sb.squares > 0))
        return false;
    struct sum products = {0};
    for (size_t i = 0; i < n; i++)
        sum_add(&products, (a[i] - sa.mean) * (b[i] - sb.mean));
    double r = sum_value(&products) / (sqrt(sa.squares) * sqrt(sb.squares));
    *out = fmax(-1, fmin(1, r));
    return true;
}

struct place {
    double value;
    size_t at;
};

static int by_value(const void *a, const void *b)
{
    double x = ((const struct place *)a)->value;
    double y = ((const struct place *)b)->value;
    return (x > y) - (x < y);
}

/* From 1; n of them, the caller's. */
static double *ranks(const double *x, size_t n)
{
    struct place *places = mem_array(n, sizeof(*places));
    for (size_t i = 0; i < n; i++)
        places[i] = (struct place){x[i], i};
    qsort(places, n, sizeof(*places), by_value);
    double *rank = mem_array(n, sizeof(*rank));
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && places[end].value == places[i].value;)
            end++;
        for (size_t tied = i; tied < end; tied++)
            rank[places[tied].at] = ((double)i + 1 + (double)end) / 2;
    }
    free(places);
    return rank;
}

bool correlate_spearman(double *out, const double *a, const double *b, size_t n)
{
    if (n < 2)
        return false;
    double *rank_a = ranks(a, n);
    double *rank_b = ranks(b, n);
    bool is_known = correlate_pearson(out, rank_a, rank_b, n);
    free(rank_a);
    free(rank_b);
    return is_known;
}

struct pair {
    double a, b;
};

static int by_both(const void *x, const void *y)
{
    const struct pair *p = x;
    const struct pair *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static uint64_t two_of(uint64_t n)
{
    return n * (n - 1) / 2;
}

/* Pairs that are tied, among n that stand beside those they are tied with. */
static uint64_t ties(const struct pair *p, size_t n, bool in_a, bool in_b)
{
    uint64_t tied = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1;
             end < n && (!in_a || p[end].a == p[i].a) && (!in_b || p[end].b == p[i].b);)
            end++;
        tied += two_of(end - i);
    }
    return tied;
}

/* Sort by b, counting the pairs that stood the wrong way round. */
static uint64_t merge_sort(struct pair *p, struct pair *room, size_t n)
{
    if (n < 2)
        return 0;
    size_t half = n / 2;
    uint64_t swaps = merge_sort(p, room, half) + merge_sort(p + half, room, n - half);
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; i < n; i++) {
        if (right == n || (left < half && p[left].b <= p[right].b)) {
            room[i] = p[left++];
        } else {
            swaps += half - left;
            room[i] = p[right++];
        }
    }
    memcpy(p, room, n * sizeof(*p));
    return swaps;
}

bool correlate_kendall(double *out, const double *a, const double *b, size_t n)
{
    if (n < 2)
        return false;
    struct pair *pairs = mem_array(n, sizeof(*pairs));
    struct pair *room = mem_array(n, sizeof(*room));
    for (size_t i = 0; i < n; i++)
        pairs[i] = (struct pair){a[i], b[i]};
    qsort(pairs, n, sizeof(*pairs), by_both);
    uint64_t all = two_of(n);
    uint64_t tied_a = ties(pairs, n, true, false);
    uint64_t tied_both = ties(pairs, n, true, true);
    uint64_t swaps = merge_sort(pairs, room, n);
    uint64_t tied_b = ties(pairs, n, false, true);
    free(pairs);
    free(room);
    if (tied_a == all || tied_b == all)
        return false;
    double agree = (double)(all - tied_a - tied_b + tied_both) - 2 * (double)swaps;
    *out = agree / (sqrt((double)(all - tied_a)) * sqrt((double)(all - tied_b)));
    return true;
}
