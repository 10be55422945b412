/* GLEU: the common n-grams of 1 to 4 words, by the number of those of the text that has more.
 *
 * Time and memory O(n + m).
 * Source: Wu et al. 2016, "Google's neural machine translation system", section 4.3; 0 for two
 * empty texts, as NLTK's sentence_gleu has it.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_GLEU_H
#define GRADER_TEXT_GLEU_H

#include "grader/text/seq.h"

double gleu(struct span input, struct span reference); /* numbers of words (intern.h); 0..1 */

#endif
