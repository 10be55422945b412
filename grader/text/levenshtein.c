#include "grader/text/levenshtein.h"

#include <stdlib.h>

#include "grader/text/alphabet.h"
#include "sim/base/mem.h"

/* One stripe of n rows over all of b. steps[j] is the difference, -1..1, between columns j and j+1
 * of the row above; it becomes that of the last row. `up` and `down` hold the rows where a column
 * grows or shrinks by one from the row above. */
static void stripe(const uint64_t *masks, struct span b, size_t n, int8_t *steps)
{
    uint64_t up = ~(uint64_t)0;
    uint64_t down = 0;
    unsigned last = (unsigned)n - 1;
    for (size_t j = 0; j < b.n; j++) {
        uint64_t same = masks[b.at[j]];
        uint64_t rises_in = steps[j] > 0;
        uint64_t falls_in = steps[j] < 0;
        uint64_t vertical = same | down;
        same |= falls_in;
        uint64_t diagonal = (((same & up) + up) ^ up) | same;
        uint64_t rises = down | ~(diagonal | up);
        uint64_t falls = up & diagonal;
        steps[j] = (int8_t)((int)(rises >> last & 1) - (int)(falls >> last & 1));
        rises = rises << 1 | rises_in;
        falls = falls << 1 | falls_in;
        up = falls | ~(vertical | rises);
        down = rises & vertical;
    }
}

static size_t distance(struct span a, struct span b, uint32_t n_symbols)
{
    uint64_t *masks = mem_array((size_t)n_symbols + 1, sizeof(*masks));
    int8_t *steps = mem_array(b.n, sizeof(*steps));
    for (size_t j = 0; j < b.n; j++)
        steps[j] = 1; /* the first row counts the insertions: 0, 1, 2, ... */
    for (size_t from = 0; from < a.n; from += 64) {
        size_t n = a.n - from < 64 ? a.n - from : 64;
        for (size_t i = 0; i < n; i++)
            masks[a.at[from + i]] |= (uint64_t)1 << i;
        stripe(masks, b, n, steps);
        for (size_t i = 0; i < n; i++)
            masks[a.at[from + i]] = 0;
    }
    size_t found = a.n;
    for (size_t j = 0; j < b.n; j++)
        found += (size_t)(ptrdiff_t)steps[j];
    free(masks);
    free(steps);
    return found;
}

size_t levenshtein_distance(struct span a, struct span b)
{
    if (!a.n || !b.n)
        return a.n + b.n;
    if (a.n > b.n) {
        struct span c = a;
        a = b;
        b = c;
    }
    struct seq a_numbers = {0};
    struct seq b_numbers = {0};
    uint32_t n_symbols = alphabet_number(&a_numbers, &b_numbers, a, b);
    size_t found = distance(seq_span(&a_numbers), seq_span(&b_numbers), n_symbols);
    seq_release(&a_numbers);
    seq_release(&b_numbers);
    return found;
}

double levenshtein_similarity(struct span a, struct span b)
{
    size_t longer = a.n > b.n ? a.n : b.n;
    return longer ? 1 - (double)levenshtein_distance(a, b) / (double)longer : 1;
}
