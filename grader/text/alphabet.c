#include "grader/text/alphabet.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

static uint32_t largest(struct span s, uint32_t most)
{
    for (size_t i = 0; i < s.n; i++)
        most = s.at[i] > most ? s.at[i] : most;
    return most;
}

/* By a table over all values: for the usual case, small values or long runs. */
static uint32_t number_by_table(struct seq *a_out, struct seq *b_out, struct span a, struct span b,
                                uint32_t most)
{
    uint32_t *number = mem_array((size_t)most + 1, sizeof(*number)); /* 0: not seen */
    uint32_t n = 0;
    for (size_t i = 0; i < a.n; i++) {
        if (!number[a.at[i]])
            number[a.at[i]] = ++n;
        seq_push(a_out, number[a.at[i]] - 1);
    }
    for (size_t i = 0; i < b.n; i++)
        seq_push(b_out, number[b.at[i]] ? number[b.at[i]] - 1 : n);
    free(number);
    return n;
}

static int by_value(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x;
    uint32_t b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static uint32_t find(const uint32_t *sorted, uint32_t n, uint32_t symbol)
{
    const uint32_t *at = n ? bsearch(&symbol, sorted, n, sizeof(*sorted), by_value) : NULL;
    return at ? (uint32_t)(at - sorted) : n;
}

static uint32_t number_by_search(struct seq *a_out, struct seq *b_out, struct span a, struct span b)
{
    struct seq sorted = {0};
    seq_add(&sorted, a);
    if (sorted.n)
        qsort(sorted.at, sorted.n, sizeof(*sorted.at), by_value);
    uint32_t n = 0;
    for (size_t i = 0; i < sorted.n; i++) {
        if (!n || sorted.at[n - 1] != sorted.at[i])
            sorted.at[n++] = sorted.at[i];
    }
    for (size_t i = 0; i < a.n; i++)
        seq_push(a_out, find(sorted.at, n, a.at[i]));
    for (size_t i = 0; i < b.n; i++)
        seq_push(b_out, find(sorted.at, n, b.at[i]));
    seq_release(&sorted);
    return n;
}

uint32_t alphabet_number(struct seq *a_out, struct seq *b_out, struct span a, struct span b)
{
    uint32_t most = largest(b, largest(a, 0));
    if (most <= 4 * (a.n + b.n) + 1024)
        return number_by_table(a_out, b_out, a, b, most);
    return number_by_search(a_out, b_out, a, b);
}
