/* ROUGE: precision, recall and F1 of common n-grams or of the longest common subsequence of words.
 *
 * Words are what stays of the text in lower case when all but a..z and 0..9 separates: those of
 * Google's rouge-score, so a text in another script has none, and scores 0.
 * Time O(n + m) for n-grams, O(n * m / 64) for rouge_l; memory O(n + m).
 * Source: Lin 2004, "ROUGE: a package for automatic evaluation of summaries"; the tokeniser as
 * rouge-score 0.1.2 documents it.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_ROUGE_H
#define GRADER_TEXT_ROUGE_H

#include "grader/text/seq.h"

struct rouge_score {
    double precision; /* all three 0..1; 0 if either text has nothing to count */
    double recall;
    double f1;
};

enum rouge_stems { ROUGE_PLAIN, ROUGE_STEMMED }; /* words of more than 3 letters (stem.h) */

/* `order` from 1. */
struct rouge_score rouge_n(size_t order, enum rouge_stems stems, struct span input,
                           struct span reference);
struct rouge_score rouge_l(enum rouge_stems stems, struct span input, struct span reference);

/* Whether there is a word in it. */
bool rouge_sees(struct span text);

#endif
