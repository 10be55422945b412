/* BLEU of one sentence against one reference, by NLTK's rules and by sacreBLEU's.
 *
 * Both are brevity * exp(mean of log precision) over 1 to 4 words; they differ in what they do
 * where no n-gram of an order matches or there is none. Time and memory O(n + m).
 * Source: Papineni et al. 2002; the smoothing methods by Chen and Cherry 2014, "A systematic
 * comparison of smoothing techniques for sentence-level BLEU", in the form and numbering that NLTK
 * gave them; Post 2018, "A call for clarity in reporting BLEU scores", for sacreBLEU's.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_BLEU_H
#define GRADER_TEXT_BLEU_H

#include "grader/text/seq.h"

/* NLTK's SmoothingFunction, by its method's number. */
enum bleu_smoothing {
    BLEU_NONE = 0,    /* the smallest double in the place of 0 */
    BLEU_EPSILON = 1, /* 0.1 matches in the place of 0 */
    BLEU_ADD_ONE = 2, /* one more match and n-gram, but for single words */
    BLEU_HALVES = 3,  /* 1/2, 1/4, ... matches in the place of each 0 in turn */
    BLEU_LENGTH = 4,  /* as 3, smaller for short inputs */
    BLEU_AVERAGE = 5, /* the mean of an order's precision and its neighbours' */
    BLEU_BOTH = 7,    /* 4, then 5 */
};

/* Of the numbers of words (intern.h); 0..1, but BLEU_AVERAGE and BLEU_BOTH can exceed 1. */
double bleu_nltk(enum bleu_smoothing smoothing, struct span input, struct span reference);

/* sacreBLEU's sentence_bleu with its defaults, by 100: words of mteval's 13a (tokens13a.h), halves
 * in the place of each 0 in turn, orders left out of which the input has no n-gram. 0..1. */
double bleu_sacre(struct span input, struct span reference);

#endif
