#include "sim/base/hist.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "sim/base/mem.h"

enum { CELLS = 1 << HIST_CELLS_LOG2 };

/* Values under 64 have a cell each; above, the top seven bits name the cell. */
static size_t cell_of(int64_t value)
{
    if (value < CELLS)
        return value < 0 ? 0 : (size_t)value;
    int power = 63 - __builtin_clzll((unsigned long long)value);
    if (power >= HIST_POWERS)
        return HIST_ROOM - 1;
    int shift = power - HIST_CELLS_LOG2;
    return (size_t)(shift + 1) * CELLS + ((size_t)(value >> shift) - CELLS);
}

static int64_t low_of(size_t cell)
{
    return cell < CELLS ? (int64_t)cell : (int64_t)(CELLS + cell % CELLS) << (cell / CELLS - 1);
}

static int64_t middle_of(size_t cell)
{
    return low_of(cell) + (low_of(cell + 1) - low_of(cell)) / 2;
}

void hist_add(struct hist *h, int64_t value_ns)
{
    if (!h->at)
        h->at = mem_array(HIST_ROOM, sizeof(*h->at));
    h->at[cell_of(value_ns)]++;
    h->n++;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    if (!from->at)
        return;
    if (!into->at)
        into->at = mem_array(HIST_ROOM, sizeof(*into->at));
    for (size_t i = 0; i < HIST_ROOM; i++)
        into->at[i] += from->at[i];
    into->n += from->n;
}

int64_t hist_quantile(const struct hist *h, double q)
{
    if (!h->n)
        return 0;
    uint64_t rank = (uint64_t)ceil(q * (double)h->n);
    uint64_t seen = 0;
    for (size_t i = 0; i < HIST_ROOM; i++) {
        seen += h->at[i];
        if (seen >= rank && seen > 0)
            return middle_of(i);
    }
    return middle_of(HIST_ROOM - 1);
}

struct hist_bin *hist_bins(const struct hist *h, size_t *n)
{
    enum { EACH = CELLS / 4, BINS = HIST_ROOM / EACH };
    struct hist_bin *bins = mem_array(BINS, sizeof(*bins));
    *n = 0;
    for (size_t i = 0; h->at && i < BINS; i++) {
        struct hist_bin bin = {
            .at = (unsigned)i, .low_ns = low_of(i * EACH), .high_ns = low_of((i + 1) * EACH)};
        for (size_t k = 0; k < EACH; k++)
            bin.n += h->at[i * EACH + k];
        if (bin.n)
            bins[(*n)++] = bin;
    }
    return bins;
}

void hist_release(struct hist *h)
{
    free(h->at);
    *h = (struct hist){0};
}
