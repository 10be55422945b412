#include "sim/stats/scores.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/stats/sum.h"

struct entry {
    struct score score;
    size_t place; /* in the list */
};

static int by_row(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    if (x->score.row != y->score.row)
        return x->score.row < y->score.row ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static struct entry *sorted(const struct score *list, size_t n)
{
    struct entry *entries = mem_array(n, sizeof(*entries));
    for (size_t i = 0; i < n; i++) {
        assert(isfinite(list[i].reward));
        entries[i] = (struct entry){list[i], i};
    }
    if (n)
        qsort(entries, n, sizeof(*entries), by_row);
    return entries;
}

void scores_init(struct scores *s, const struct score *list, size_t n)
{
    struct entry *entries = sorted(list, n);
    *s = (struct scores){.n = n,
                         .row = mem_array(n, sizeof(*s->row)),
                         .start = mem_array(n + 1, sizeof(*s->start)),
                         .reward = mem_array(n, sizeof(*s->reward))};
    for (size_t i = 0; i < n; i++) {
        if (!i || entries[i].score.row != entries[i - 1].score.row) {
            s->row[s->n_rows] = entries[i].score.row;
            s->start[s->n_rows++] = i;
        }
        s->reward[i] = entries[i].score.reward;
    }
    s->start[s->n_rows] = n;
    free(entries);
}

void scores_release(struct scores *s)
{
    free(s->row);
    free(s->start);
    free(s->reward);
    *s = (struct scores){0};
}

size_t scores_row_count(const struct scores *s, size_t i)
{
    assert(i < s->n_rows);
    return s->start[i + 1] - s->start[i];
}

struct summary scores_row(const struct scores *s, size_t i)
{
    return summary_of(s->reward + s->start[i], scores_row_count(s, i));
}

size_t scores_row_passes(const struct scores *s, size_t i, double pass)
{
    assert(i < s->n_rows);
    size_t n = 0;
    for (size_t at = s->start[i]; at < s->start[i + 1]; at++)
        n += s->reward[at] >= pass;
    return n;
}

double scores_pass_rate(const struct scores *s, double pass)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->reward[i] >= pass;
    return s->n ? (double)n / (double)s->n : 0;
}

void scores_clusters(struct cluster *out, const struct scores *s)
{
    for (size_t i = 0; i < s->n_rows; i++) {
        struct sum total = {0};
        for (size_t at = s->start[i]; at < s->start[i + 1]; at++)
            sum_add(&total, s->reward[at]);
        out[i] = (struct cluster){sum_value(&total), (double)scores_row_count(s, i)};
    }
}

void scores_pass_clusters(struct cluster *out, const struct scores *s, double pass)
{
    for (size_t i = 0; i < s->n_rows; i++)
        out[i] =
            (struct cluster){(double)scores_row_passes(s, i, pass), (double)scores_row_count(s, i)};
}
