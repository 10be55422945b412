#include "grader/text/bleu.h"

#include <float.h>
#include <math.h>

#include "grader/text/ngram.h"

enum { ORDERS = 4 };

static double brevity(size_t n_input, size_t n_reference)
{
    return n_input < n_reference ? exp(1 - (double)n_reference / (double)n_input) : 1;
}

static size_t at_least_1(size_t n)
{
    return n ? n : 1;
}

/* The precision of a single order for methods 0 to 4. `n_zeros` counts the orders without a match
 * so far, this one included if it is one. */
static double smoothed(enum bleu_smoothing smoothing, const struct ngram_count *c, size_t order,
                       size_t n_words, int n_zeros)
{
    double matches = (double)c->matches;
    double all = (double)at_least_1(c->in_a);
    if (smoothing == BLEU_ADD_ONE && order > 1)
        return (matches + 1) / (all + 1);
    if (c->matches)
        return matches / all;
    switch (smoothing) {
    case BLEU_NONE:
        return DBL_MIN;
    case BLEU_EPSILON:
        return 0.1 / all;
    case BLEU_HALVES:
        return ldexp(1, -n_zeros) / all;
    case BLEU_LENGTH:
    case BLEU_BOTH:
        return n_words > 1 ? ldexp(1, -n_zeros) * log((double)n_words) / 5 / all : 0;
    case BLEU_ADD_ONE:
    case BLEU_AVERAGE:
        return 0;
    }
    return 0;
}

/* The mean with the neighbour below, already a mean, and the one above; below single words stands
 * one more than their precision. p[ORDERS] is the order above the last. */
static void average(double *p)
{
    double below = p[0] + 1;
    for (size_t i = 0; i < ORDERS; i++) {
        p[i] = (below + p[i] + p[i + 1]) / 3;
        below = p[i];
    }
}

double bleu_nltk(enum bleu_smoothing smoothing, struct span input, struct span reference)
{
    struct ngram_count counts[ORDERS + 1];
    ngram_count(counts, ORDERS + 1, input, reference);
    if (!counts[0].matches)
        return 0;
    double p[ORDERS + 1];
    int n_zeros = 0;
    for (size_t i = 0; i < ORDERS; i++) {
        n_zeros += !counts[i].matches;
        p[i] = smoothed(smoothing, &counts[i], i + 1, input.n, n_zeros);
    }
    p[ORDERS] = (double)counts[ORDERS].matches / (double)at_least_1(counts[ORDERS].in_a);
    if (smoothing == BLEU_AVERAGE || smoothing == BLEU_BOTH)
        average(p);
    double sum = 0;
    for (size_t i = 0; i < ORDERS; i++)
        sum += p[i] > 0 ? log(p[i]) / ORDERS : 0;
    return brevity(input.n, reference.n) * exp(sum);
}

double bleu_sacre(struct span input, struct span reference)
{
    struct ngram_count counts[ORDERS];
    ngram_count(counts, ORDERS, input, reference);
    if (!counts[0].matches)
        return 0;
    double sum = 0;
    int n_zeros = 0;
    int orders = 0;
    for (; orders < ORDERS && counts[orders].in_a; orders++) {
        const struct ngram_count *c = &counts[orders];
        n_zeros += !c->matches;
        double matches = c->matches ? (double)c->matches : ldexp(1, -n_zeros);
        sum += log(matches / (double)c->in_a);
    }
    return brevity(input.n, reference.n) * exp(sum / orders);
}
