#include "grader/text/window.h"

#include <stdlib.h>

#include "sim/base/mem.h"

/* Strands enter at the left edge (numbers 0..m-1, from the bottom up) and at the top edge (m + j).
 * Two strands cross where the symbols differ and they have not crossed before. On return down[j] is
 * the strand that leaves the table under column j. */
static void comb(struct span a, struct span b, uint32_t *down)
{
    uint32_t m = (uint32_t)a.n;
    for (size_t j = 0; j < b.n; j++)
        down[j] = m + (uint32_t)j;
    for (uint32_t i = 0; i < m; i++) {
        uint32_t right = m - 1 - i;
        uint32_t symbol = a.at[i];
        for (size_t j = 0; j < b.n; j++) {
            uint32_t above = down[j];
            bool turns = b.at[j] == symbol || right > above;
            down[j] = turns ? right : above;
            right = turns ? above : right;
        }
    }
}

/* A window [from, to) of the longer text moves; `lost` counts the strands that both enter above it
 * and leave under it, and LCS = to - from - lost. */
struct window {
    const uint32_t *down; /* strand by the column under which it leaves */
    const size_t *left;   /* column by the strand's entry; SIZE_MAX if it leaves on the right */
    uint32_t m;
    size_t from, to, lost;
};

static void widen(struct window *w)
{
    uint32_t strand = w->down[w->to++];
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
    uint32_t *down = mem_array(longer.n, sizeof(*down));
    size_t *left = mem_array(longer.n, sizeof(*left));
    comb(shorter, longer, down);
    uint32_t m = (uint32_t)shorter.n;
    for (size_t j = 0; j < longer.n; j++)
        left[j] = SIZE_MAX;
    for (size_t j = 0; j < longer.n; j++) {
        if (down[j] >= m)
            left[down[j] - m] = j;
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
