/* How fast texts are compared: 64 cells of the table at once, and one at a time, in one run on one
 * machine. `make bench-text`; the ratios travel better than the numbers. */
#include <stdio.h>
#include <stdlib.h>

#include "grader/text/fuzzy.h"
#include "grader/text/lcs.h"
#include "grader/text/levenshtein.h"
#include "grader/text/window.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"

enum { N = 5000, ROUNDS = 10 };

static double plain_lcs(struct span a, struct span b)
{
    uint32_t *row = mem_array(b.n + 1, sizeof(*row));
    for (size_t i = 0; i < a.n; i++) {
        uint32_t corner = 0;
        for (size_t j = 0; j < b.n; j++) {
            uint32_t above = row[j + 1];
            uint32_t best = above > row[j] ? above : row[j];
            row[j + 1] = a.at[i] == b.at[j] ? corner + 1 : best;
            corner = above;
        }
    }
    double found = row[b.n];
    free(row);
    return found;
}

static double lcs(struct span a, struct span b)
{
    return (double)lcs_length(a, b);
}

static double levenshtein(struct span a, struct span b)
{
    return (double)levenshtein_distance(a, b);
}

static double best_us(double (*measure)(struct span a, struct span b), struct span a, struct span b)
{
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = clock_ns();
        volatile double found = measure(a, b);
        (void)found;
        double us = (double)(clock_ns() - start) / 1000;
        best = i && best < us ? best : us;
    }
    return best;
}

/* Words of one to nine letters, of which some come more often. */
static struct seq make_text(uint64_t seed, size_t n)
{
    struct seq text = {0};
    struct rng r = rng_seed(seed);
    while (text.n < n)
        seq_push(&text,
                 rng_u64(&r) % 6 ? 'a' + (uint32_t)(rng_u64(&r) % 5 * (rng_u64(&r) % 6)) : ' ');
    return text;
}

int main(void)
{
    mem_init();
    struct seq x = make_text(1, N);
    struct seq y = make_text(2, N);
    struct seq z = make_text(3, (size_t)2 * N);
    struct span a = seq_span(&x);
    struct span b = seq_span(&y);
    double plain = best_us(plain_lcs, a, b);
    double fast = best_us(lcs, a, b);
    if (plain_lcs(a, b) != lcs(a, b))
        abort();
    printf("two texts of %d characters, best of %d rounds\n", N, ROUNDS);
    printf("lcs, 64 cells at once     %9.0f us\n", fast);
    printf("lcs, a cell at a time     %9.0f us  %5.1f times slower\n", plain, plain / fast);
    printf("levenshtein               %9.0f us\n", best_us(levenshtein, a, b));
    printf("WRatio                    %9.0f us\n", best_us(fuzzy_weighted, a, b));
    printf("windows in %d          %9.0f us\n", 2 * N, best_us(window_best, a, seq_span(&z)));
    seq_release(&x);
    seq_release(&y);
    seq_release(&z);
    return 0;
}
