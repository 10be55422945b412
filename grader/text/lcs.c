#include "grader/text/lcs.h"

#include <stdlib.h>

#include "grader/text/alphabet.h"
#include "sim/base/mem.h"

/* A 1 in `row` is a cell whose value does not grow from the row above. One stripe over all of b;
 * carries[j] comes from the stripe above and goes to the one below. */
static uint64_t stripe(const uint64_t *masks, struct span b, uint8_t *carries)
{
    uint64_t row = ~(uint64_t)0;
    for (size_t j = 0; j < b.n; j++) {
        uint64_t match = row & masks[b.at[j]];
        uint64_t sum;
        bool over = __builtin_add_overflow(row, match, &sum);
        bool over_too = __builtin_add_overflow(sum, (uint64_t)carries[j], &sum);
        carries[j] = over | over_too;
        row = sum | (row & ~match);
    }
    return row;
}

static size_t length(struct span a, struct span b, uint32_t n_symbols)
{
    uint64_t *masks = mem_array((size_t)n_symbols + 1, sizeof(*masks));
    uint8_t *carries = mem_array(b.n, sizeof(*carries));
    size_t found = 0;
    for (size_t from = 0; from < a.n; from += 64) {
        size_t n = a.n - from < 64 ? a.n - from : 64;
        for (size_t i = 0; i < n; i++)
            masks[a.at[from + i]] |= (uint64_t)1 << i;
        uint64_t grown = ~stripe(masks, b, carries);
        if (n < 64)
            grown &= ((uint64_t)1 << n) - 1;
        found += (size_t)__builtin_popcountll(grown);
        for (size_t i = 0; i < n; i++)
            masks[a.at[from + i]] = 0;
    }
    free(masks);
    free(carries);
    return found;
}

size_t lcs_length(struct span a, struct span b)
{
    size_t same = 0;
    while (a.n && b.n && a.at[0] == b.at[0]) {
        a = (struct span){a.at + 1, a.n - 1};
        b = (struct span){b.at + 1, b.n - 1};
        same++;
    }
    while (a.n && b.n && a.at[a.n - 1] == b.at[b.n - 1]) {
        a.n--;
        b.n--;
        same++;
    }
    if (!a.n || !b.n)
        return same;
    if (a.n > b.n) { /* a short text in few stripes */
        struct span c = a;
        a = b;
        b = c;
    }
    struct seq a_numbers = {0};
    struct seq b_numbers = {0};
    uint32_t n_symbols = alphabet_number(&a_numbers, &b_numbers, a, b);
    same += length(seq_span(&a_numbers), seq_span(&b_numbers), n_symbols);
    seq_release(&a_numbers);
    seq_release(&b_numbers);
    return same;
}
