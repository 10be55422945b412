/* How many n-grams two runs of words have in common: the ground of BLEU, GLEU and ROUGE-N.
 *
 * Words are numbers (intern.h). Time and memory O(n + m) for each order.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_NGRAM_H
#define GRADER_TEXT_NGRAM_H

#include "grader/text/seq.h"

struct ngram_count {
    size_t matches; /* each n-gram as often as both have it ("clipped") */
    size_t in_a;    /* all n-grams, 0 if there are fewer than n words */
    size_t in_b;
};

/* Fill out[0..orders) for n = 1..orders. */
void ngram_count(struct ngram_count *out, size_t orders, struct span a, struct span b);

#endif
