#include "grader/text/lcs.h"

#include <stdlib.h>

#include "grader/text/alphabet.h"
#include "sim/base/mem.h"

enum { WIDE = 3 };

/* row += match over WIDE words, with a carry in and out. Compilers do not leave the carry in its
 * flag from word to word, and that is half of the time. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the assembler writes it */
static inline uint8_t add_wide(uint64_t row[WIDE], const uint64_t match[WIDE], uint8_t carry)
{
#ifdef __x86_64__
    __asm__("addb $-1, %b3\n\tadcq %4, %0\n\tadcq %5, %1\n\tadcq %6, %2\n\tsetc %b3"
            : "+&r"(row[0]), "+&r"(row[1]), "+&r"(row[2]), "+&q"(carry)
            : "rm"(match[0]), "rm"(match[1]), "rm"(match[2])
            : "cc");
    return carry;
#else
    for (size_t k = 0; k < WIDE; k++) {
        bool over = __builtin_add_overflow(row[k], match[k], &row[k]);
        carry = over | __builtin_add_overflow(row[k], (uint64_t)carry, &row[k]);
    }
    return carry;
#endif
}

static inline uint8_t add_one(uint64_t *row, uint64_t match, uint8_t carry)
{
    bool over = __builtin_add_overflow(*row, match, row);
    return over | __builtin_add_overflow(*row, (uint64_t)carry, row);
}

/* A stripe of n words of 64 rows over all of b. A 1 in row[k] is a cell whose value does not grow
 * from the row above; masks[symbol * n + k] has the rows of word k with that symbol. carries[j]
 * comes from the stripe above and goes to the one below. The words of a column wait for each other
 * only by their carries, so that several take little longer than one; n is a constant where this is
 * called, and the loops over it gone. */
static inline void stripe(const uint64_t *masks, struct span b, uint8_t *carries, uint64_t *grown,
                          const size_t n)
{
    uint64_t row[WIDE];
    uint64_t match[WIDE];
    uint64_t rest[WIDE];
    for (size_t k = 0; k < n; k++)
        row[k] = ~(uint64_t)0;
    for (size_t j = 0; j < b.n; j++) {
        const uint64_t *mask = masks + b.at[j] * n;
#pragma GCC unroll 3
        for (size_t k = 0; k < n; k++) {
            match[k] = row[k] & mask[k];
            rest[k] = row[k] ^ match[k];
        }
        carries[j] = n == 1 ? add_one(row, match[0], carries[j]) : add_wide(row, match, carries[j]);
#pragma GCC unroll 3
        for (size_t k = 0; k < n; k++)
            row[k] |= rest[k];
    }
    for (size_t k = 0; k < n; k++)
        grown[k] = ~row[k];
}

/* Rows that the text does not have match nothing, and so never grow. */
static size_t length(struct span a, struct span b, uint32_t n_symbols)
{
    size_t n = a.n > 64 ? WIDE : 1;
    uint64_t *masks = mem_array(((size_t)n_symbols + 1) * n, sizeof(*masks));
    uint8_t *carries = mem_array(b.n, sizeof(*carries));
    size_t found = 0;
    for (size_t from = 0; from < a.n; from += 64 * n) {
        size_t rows = a.n - from < 64 * n ? a.n - from : 64 * n;
        for (size_t i = 0; i < rows; i++)
            masks[a.at[from + i] * n + i / 64] |= (uint64_t)1 << i % 64;
        uint64_t grown[WIDE] = {0};
        if (n == 1)
            stripe(masks, b, carries, grown, 1);
        else
            stripe(masks, b, carries, grown, WIDE);
        for (size_t k = 0; k < n; k++)
            found += (size_t)__builtin_popcountll(grown[k]);
        for (size_t i = 0; i < rows; i++)
            masks[a.at[from + i] * n + i / 64] = 0;
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
