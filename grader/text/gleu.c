#include "grader/text/gleu.h"

#include "grader/text/ngram.h"

enum { ORDERS = 4 };

double gleu(struct span input, struct span reference)
{
    struct ngram_count counts[ORDERS];
    ngram_count(counts, ORDERS, input, reference);
    struct ngram_count all = {0};
    for (size_t i = 0; i < ORDERS; i++) {
        all.matches += counts[i].matches;
        all.in_a += counts[i].in_a;
        all.in_b += counts[i].in_b;
    }
    size_t more = all.in_a > all.in_b ? all.in_a : all.in_b;
    return more ? (double)all.matches / (double)more : 0;
}
