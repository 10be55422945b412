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

static int64_t middle_of(size_t cell)
{
    if (cell < CELLS)
        return (int64_t)cell;
    size_t shift = cell / CELLS - 1;
    int64_t low = (int64_t)(CELLS + cell % CELLS) << shift;
    return low + ((int64_t)1 << shift) / 2;
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

void hist_release(struct hist *h)
{
    free(h->at);
    *h = (struct hist){0};
}
