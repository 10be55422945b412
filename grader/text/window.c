#include "grader/text/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

/* Cells of the table that are done at once: those of a diagonal do not hang on each other. */
enum { LANES = 4 };
typedef int32_t lanes_t __attribute__((vector_size(LANES * sizeof(int32_t))));

static lanes_t load(const void *at)
{
    lanes_t l;
    memcpy(&l, at, sizeof(l));
    return l;
}

/* n cells: right[k] comes from the left of cell k and leaves to its right, down[k] comes from above
 * and leaves below. The strands turn away from each other where the symbols are equal and where
 * they have crossed before, which is where the left one has the larger number. */
static void cross(int32_t *right, int32_t *down, const uint32_t *a, const uint32_t *b, size_t n)
{
    size_t k = 0;
    for (; k + LANES <= n; k += LANES) {
        lanes_t left = load(right + k);
        lanes_t above = load(down + k);
        lanes_t turn = (load(a + k) == load(b + k)) | (left > above);
        lanes_t to_right = (above & turn) | (left & ~turn);
        lanes_t to_below = (left & turn) | (above & ~turn);
        memcpy(right + k, &to_right, sizeof(to_right));
        memcpy(down + k, &to_below, sizeof(to_below));
    }
    for (; k < n; k++) {
        int32_t left = right[k];
        bool turn = a[k] == b[k] || left > down[k];
        right[k] = turn ? down[k] : left;
        down[k] = turn ? left : down[k];
    }
}

/* Strands enter at the left edge (numbers 0..m-1, from the bottom up) and at the top edge (m + j).
 * On return down[j] is the strand that leaves the table under column j. The shorter text and the
 * strands at its rows are kept from the bottom up, so that a diagonal is contiguous in all. */
static void comb(struct span a, struct span b, int32_t *down)
{
    size_t m = a.n;
    uint32_t *upward = mem_array(m, sizeof(*upward));
    int32_t *right = mem_array(m, sizeof(*right));
    for (size_t k = 0; k < m; k++) {
        upward[k] = a.at[m - 1 - k];
        right[k] = (int32_t)k;
    }
    for (size_t j = 0; j < b.n; j++)
        down[j] = (int32_t)(m + j);
    for (size_t d = 0; d + 1 < m + b.n; d++) {
        size_t bottom = d < m ? d : m - 1; /* rows of the diagonal */
        size_t top = d < b.n ? 0 : d - b.n + 1;
        size_t row = m - 1 - bottom;
        size_t column = d - bottom;
        cross(right + row, down + column, upward + row, b.at + column, bottom - top + 1);
    }
    free(upward);
    free(right);
}

/* A window [from, to) of the longer text moves; `lost` counts the strands that both enter above it
 * and leave under it, and LCS = to - from - lost. */
struct window {
    const int32_t *down; /* strand by the column under which it leaves */
    const size_t *left;  /* column by the strand's entry; SIZE_MAX if it leaves on the right */
    size_t m;
    size_t from, to, lost;
};

static void widen(struct window *w)
{
    size_t strand = (size_t)w->down[w->to++];
    if (strand >= w->m && strand - w->m >= w->from)
        w->lost++;
}

static void narrow(struct window *w)
{
    if (w->left[w->from++] < w->to)
        w->lost--;
}

static double score(const struct window *w)
{
    size_t n = w->to - w->from;
    return 2 * (double)(n - w->lost) / (double)(n + w->m);
}

static void better(double *best, const struct window *w)
{
    double s = score(w);
    *best = s > *best ? s : *best;
}

double window_best(struct span shorter, struct span longer)
{
    assert(longer.n < INT32_MAX / 2);
    int32_t *down = mem_array(longer.n, sizeof(*down));
    size_t *left = mem_array(longer.n, sizeof(*left));
    comb(shorter, longer, down);
    size_t m = shorter.n;
    for (size_t j = 0; j < longer.n; j++)
        left[j] = SIZE_MAX;
    for (size_t j = 0; j < longer.n; j++) {
        if ((size_t)down[j] >= m)
            left[(size_t)down[j] - m] = j;
    }
    struct window w = {.down = down, .left = left, .m = m};
    double best = 0;
    while (w.to < longer.n) {
        widen(&w);
        if (w.to - w.from > m)
            narrow(&w);
        better(&best, &w);
    }
    while (w.to - w.from > 1) {
        narrow(&w);
        better(&best, &w);
    }
    free(down);
    free(left);
    return best;
}
