/* The bit-parallel and braided algorithms against the plain dynamic program. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grader/text/bleu.h"
#include "grader/text/fuzzy.h"
#include "grader/text/gleu.h"
#include "grader/text/lcs.h"
#include "grader/text/levenshtein.h"
#include "grader/text/rouge.h"
#include "grader/text/unicode.h"
#include "grader/text/window.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "tests/unit/suites.h"

static size_t plain_lcs(struct span a, struct span b)
{
    size_t *row = mem_array(b.n + 1, sizeof(*row));
    for (size_t i = 0; i < a.n; i++) {
        size_t corner = 0;
        for (size_t j = 0; j < b.n; j++) {
            size_t above = row[j + 1];
            if (a.at[i] == b.at[j])
                row[j + 1] = corner + 1;
            else if (row[j] > above)
                row[j + 1] = row[j];
            corner = above;
        }
    }
    size_t found = row[b.n];
    free(row);
    return found;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t plain_distance(struct span a, struct span b)
{
    size_t *row = mem_array(b.n + 1, sizeof(*row));
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 0; i < a.n; i++) {
        size_t corner = row[0]++;
        for (size_t j = 0; j < b.n; j++) {
            size_t above = row[j + 1];
            size_t kept = corner + (a.at[i] != b.at[j]);
            row[j + 1] = least(kept, least(above, row[j]) + 1);
            corner = above;
        }
    }
    size_t found = row[b.n];
    free(row);
    return found;
}

static double plain_best(struct span shorter, struct span longer)
{
    double best = 0;
    for (size_t end = 1; end < longer.n + shorter.n; end++) {
        size_t from = end > shorter.n ? end - shorter.n : 0;
        size_t n = least(end, longer.n) - from;
        struct span window = {longer.at + from, n};
        double s = 2 * (double)plain_lcs(shorter, window) / (double)(shorter.n + n);
        best = s > best ? s : best;
    }
    return best;
}

static struct seq random_text(struct rng *r, size_t n, uint32_t first, uint32_t n_symbols)
{
    struct seq s = {0};
    for (size_t i = 0; i < n; i++)
        seq_push(&s, first + (uint32_t)(rng_u64(r) % n_symbols));
    return s;
}

/* Around the edges of a block of 64, where carries go over, and then anything. */
static size_t random_length(struct rng *r)
{
    static const size_t edges[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 191, 192, 193, 256, 320};
    uint64_t pick = rng_u64(r) % (2 * COUNT_OF(edges));
    return pick < COUNT_OF(edges) ? edges[pick] : (size_t)(rng_u64(r) % 300);
}

static const struct {
    uint32_t first, n_symbols;
} alphabets[] = {{'a', 2}, {'a', 4}, {'a', 26}, {0x4e00, 300}, {0x10fff0, 16}, {0, 1}};

START_TEST(test_like_the_plain_program)
{
    struct rng r = rng_seed(17);
    rng_mix(&r, (uint64_t)_i);
    for (int round = 0; round < 60; round++) {
        uint32_t first = alphabets[_i].first;
        struct seq x = random_text(&r, random_length(&r), first, alphabets[_i].n_symbols);
        struct seq y = random_text(&r, random_length(&r), first, alphabets[_i].n_symbols);
        struct span a = seq_span(&x);
        struct span b = seq_span(&y);
        size_t lcs = plain_lcs(a, b);
        ck_assert_msg(lcs_length(a, b) == lcs, "%zu by %zu: %zu, not %zu", a.n, b.n,
                      lcs_length(a, b), lcs);
        ck_assert_uint_eq(lcs_length(b, a), lcs);
        size_t distance = plain_distance(a, b);
        ck_assert_msg(levenshtein_distance(a, b) == distance, "%zu by %zu: %zu, not %zu", a.n, b.n,
                      levenshtein_distance(a, b), distance);
        ck_assert_uint_eq(levenshtein_distance(b, a), distance);
        seq_release(&x);
        seq_release(&y);
    }
}
END_TEST

START_TEST(test_windows_like_each_of_them_alone)
{
    struct rng r = rng_seed(18);
    rng_mix(&r, (uint64_t)_i);
    for (int round = 0; round < 60; round++) {
        uint32_t first = alphabets[_i].first;
        size_t n = 1 + (size_t)(rng_u64(&r) % 40);
        struct seq x = random_text(&r, n, first, alphabets[_i].n_symbols);
        struct seq y =
            random_text(&r, n + (size_t)(rng_u64(&r) % 90), first, alphabets[_i].n_symbols);
        double want = plain_best(seq_span(&x), seq_span(&y));
        double got = window_best(seq_span(&x), seq_span(&y));
        ck_assert_msg(fabs(got - want) < 1e-12, "%zu in %zu: %g, not %g", x.n, y.n, got, want);
        seq_release(&x);
        seq_release(&y);
    }
}
END_TEST

typedef double measure_t(struct span a, struct span b);

static double rouge_1_f1(struct span a, struct span b)
{
    return rouge_n(1, ROUGE_PLAIN, a, b).f1;
}

static double rouge_l_f1(struct span a, struct span b)
{
    return rouge_l(ROUGE_STEMMED, a, b).f1;
}

static double bleu_epsilon(struct span a, struct span b)
{
    return bleu_nltk(BLEU_EPSILON, a, b);
}

/* Letters stand for words where a measure takes words. */
static const struct {
    const char *name;
    measure_t *measure;
    bool symmetric;
    double empty; /* of two empty texts */
    bool reflexive;
} measures[] = {
    {"fuzzy_ratio", fuzzy_ratio, true, 1, true},
    {"fuzzy_quick", fuzzy_quick, true, 0, true},
    {"fuzzy_partial", fuzzy_partial, true, 1, true},
    {"fuzzy_token_sort", fuzzy_token_sort, true, 1, true},
    {"fuzzy_token_set", fuzzy_token_set, true, 0, false}, /* white space alone has no words */
    {"fuzzy_token", fuzzy_token, true, 1, true},
    {"fuzzy_partial_token", fuzzy_partial_token, true, 1, true},
    {"fuzzy_weighted", fuzzy_weighted, true, 0, true},
    {"levenshtein_similarity", levenshtein_similarity, true, 1, true},
    {"rouge_1", rouge_1_f1, true, 0, false},
    {"rouge_l", rouge_l_f1, true, 0, false},
    {"gleu", gleu, true, 0, true},
    {"bleu_sacre", bleu_sacre, false, 0, true},
    {"bleu_epsilon", bleu_epsilon, false, 0, false},
};

START_TEST(test_bounds_symmetry_and_nothing)
{
    measure_t *measure = measures[_i].measure;
    struct span none = {0};
    ck_assert_msg(measure(none, none) == measures[_i].empty, "%s", measures[_i].name);
    struct rng r = rng_seed(19);
    for (int round = 0; round < 100; round++) {
        struct seq x = random_text(&r, random_length(&r), ' ', 90);
        struct seq y = random_text(&r, random_length(&r), ' ', 90);
        struct span a = seq_span(&x);
        struct span b = seq_span(&y);
        double ab = measure(a, b);
        ck_assert_msg(ab >= 0 && ab <= 1 + 1e-12, "%s: %g", measures[_i].name, ab);
        if (measures[_i].symmetric)
            ck_assert_msg(fabs(measure(b, a) - ab) < 1e-12, "%s", measures[_i].name);
        if (measures[_i].reflexive && a.n)
            ck_assert_msg(fabs(measure(a, a) - 1) < 1e-12, "%s", measures[_i].name);
        if (a.n)
            ck_assert_msg(measure(a, none) == 0 && measure(none, a) == 0, "%s", measures[_i].name);
        seq_release(&x);
        seq_release(&y);
    }
}
END_TEST

static const struct {
    const char *text, *processed;
} processed[] = {
    {"", ""},
    {"  ...!", ""},
    {"Hello, World_1!", "hello  world_1"},
    {"\xc3\x84rger \xe2\x82\xac 5\xc2\xbd", "\xc3\xa4rger   5\xc2\xbd"},
    {"\xe6\x9d\xb1\xe4\xba\xac\xe3\x80\x82", "\xe6\x9d\xb1\xe4\xba\xac"},
    {"a\xcc\x81 b", "a  b"}, /* marks are no letters */
    {"\xff x", "x"},         /* nor is what stands for a broken byte */
    {"\xd0\x96\xd0\x96", "\xd0\xb6\xd0\xb6"},
};

START_TEST(test_default_process)
{
    struct seq text = {0};
    struct seq got = {0};
    struct seq want = {0};
    unicode_decode(&text, processed[_i].text, strlen(processed[_i].text));
    unicode_decode(&want, processed[_i].processed, strlen(processed[_i].processed));
    fuzzy_process(&got, seq_span(&text));
    ck_assert_msg(span_equal(seq_span(&got), seq_span(&want)), "%s", processed[_i].text);
    seq_release(&text);
    seq_release(&got);
    seq_release(&want);
}
END_TEST

Suite *spans_suite(void)
{
    Suite *suite = suite_create("spans");
    TCase *tcase = tcase_create("spans");
    tcase_add_loop_test(tcase, test_like_the_plain_program, 0, COUNT_OF(alphabets));
    tcase_add_loop_test(tcase, test_windows_like_each_of_them_alone, 0, COUNT_OF(alphabets));
    tcase_add_loop_test(tcase, test_bounds_symmetry_and_nothing, 0, COUNT_OF(measures));
    tcase_add_loop_test(tcase, test_default_process, 0, COUNT_OF(processed));
    suite_add_tcase(suite, tcase);
    return suite;
}
