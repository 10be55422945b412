/* How fast texts are compared: 64 cells of the table at once, and one at a time; every metric; and
 * what remembering a pair gives. In one run on one machine: the ratios travel better than the
 * numbers. `make bench-text`, where tests/bench/text.py sets the libraries beside it.
 *
 *     bench_text FILE      also leaves the two texts in FILE, a line each */
#include <stdio.h>
#include <stdlib.h>

#include "grader/metric.h"
#include "grader/recall.h"
#include "grader/text/fuzzy.h"
#include "grader/text/lcs.h"
#include "grader/text/levenshtein.h"
#include "grader/text/unicode.h"
#include "grader/text/window.h"
#include "grader/text/wordnet.h"
#include "sim/base/cc.h"
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

static void leave(const char *path, struct span a, struct span b)
{
    FILE *file = fopen(path, "w");
    if (!file)
        abort();
    for (size_t i = 0; i < a.n; i++)
        fputc((int)a.at[i], file);
    fputc('\n', file);
    for (size_t i = 0; i < b.n; i++)
        fputc((int)b.at[i], file);
    fputc('\n', file);
    fclose(file);
}

static void compare_tables(struct span a, struct span b)
{
    struct seq z = make_text(3, (size_t)2 * N);
    double plain = best_us(plain_lcs, a, b);
    double fast = best_us(lcs, a, b);
    if (plain_lcs(a, b) != lcs(a, b))
        abort();
    printf("two texts of %d characters, best of %d rounds\n", N, ROUNDS);
    printf("  %-24s%9.1f us\n", "lcs, 64 cells at once", fast);
    printf("  %-24s%9.1f us  %5.1f times slower\n", "lcs, a cell at a time", plain, plain / fast);
    printf("  %-24s%9.1f us\n", "levenshtein", best_us(levenshtein, a, b));
    printf("  %-24s%9.1f us\n", "windows in 10000", best_us(window_best, a, seq_span(&z)));
    printf("  %-24s%9.1f us\n", "ratio", best_us(fuzzy_ratio, a, b));
    printf("  %-24s%9.1f us\n", "WRatio", best_us(fuzzy_weighted, a, b));
    seq_release(&z);
}

static const struct wordnet *wordnet;
static const struct metric *measured;

static double all_readings(struct span a, struct span b)
{
    return metric_measure(measured, wordnet, a, b).at[0];
}

/* A grade has every reading, not one. */
static void compare_metrics(struct span a, struct span b)
{
    printf("each metric, all its readings%s\n", wordnet ? "" : " (no WordNet here)");
    for (size_t i = 0; metric_names[i]; i++) {
        measured = metric_find(metric_names[i]);
        printf("  %-24s%9.1f us\n", metric_names[i], best_us(all_readings, a, b));
    }
}

static struct recall *memory;
static struct buf a_text, b_text;

/* With the decoding, which a pair that is remembered does without. */
static double graded(struct span a, struct span b)
{
    struct seq x = {0};
    struct seq y = {0};
    (void)a;
    (void)b;
    unicode_decode(&x, buf_text(&a_text), a_text.len);
    unicode_decode(&y, buf_text(&b_text), b_text.len);
    struct similarity s = metric_measure(measured, wordnet, seq_span(&x), seq_span(&y));
    recall_keep(memory, &a_text, &b_text, &s);
    seq_release(&x);
    seq_release(&y);
    return s.at[0];
}

static double recalled(struct span a, struct span b)
{
    struct similarity s = {0};
    (void)a;
    (void)b;
    if (!recall_find(memory, &a_text, &b_text, &s))
        abort();
    return s.at[0];
}

static void set_text(struct buf *out, struct span text, size_t n)
{
    buf_clear(out);
    for (size_t i = 0; i < n; i++)
        buf_char(out, (char)text.at[i]);
}

/* A group of rollouts of one row, of which so many end in answers of their own. */
static void compare_recall(struct span a, struct span b)
{
    static const size_t lengths[] = {5, 20, 100, 1000, N};
    static const char *const names[] = {"fuzzy_match", "rouge_1"};
    enum { GROUP = 16, ANSWERS = 4 };
    memory = recall_new();
    printf("simulation.grade_cache, a grade measured and remembered, and as a mean of %d rollouts\n"
           "of a row with %d answers\n",
           GROUP, ANSWERS);
    for (size_t i = 0; i < COUNT_OF(names) * COUNT_OF(lengths); i++) {
        size_t n = lengths[i % COUNT_OF(lengths)];
        measured = metric_find(names[i / COUNT_OF(lengths)]);
        set_text(&a_text, a, n);
        set_text(&b_text, b, n);
        double first = best_us(graded, a, b);
        double again = best_us(recalled, a, b);
        double mean = (ANSWERS * first + (GROUP - ANSWERS) * again) / GROUP;
        printf("  %-12s%5zu chars %9.1f us %9.2f us %9.1f us  %4.1f times faster\n",
               names[i / COUNT_OF(lengths)], n, first, again, mean, first / mean);
    }
    recall_free(memory);
    buf_release(&a_text);
    buf_release(&b_text);
}

int main(int argc, char **argv)
{
    mem_init();
    struct wordnet *opened = wordnet_open();
    struct seq x = make_text(1, N);
    struct seq y = make_text(2, N);
    wordnet = opened;
    if (argc > 1)
        leave(argv[1], seq_span(&x), seq_span(&y));
    compare_tables(seq_span(&x), seq_span(&y));
    compare_metrics(seq_span(&x), seq_span(&y));
    compare_recall(seq_span(&x), seq_span(&y));
    wordnet_close(opened);
    seq_release(&x);
    seq_release(&y);
    return 0;
}
