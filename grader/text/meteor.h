/* METEOR of one text against one reference, as NLTK's single_meteor_score has it.
 *
 * Words in lower case are aligned in three stages, each from the end of both texts: equal words,
 * equal stems (stem.h), synonyms (wordnet.h). Score = (1 - 0.5 * (chunks / matches)^3) * F, where
 * F = PR / (0.9 P + 0.1 R) and a chunk is a run of matches that is one in both texts. As in NLTK,
 * synonyms are looked up for what is left of the words after stemming.
 * Time and memory O(n + m), and a look-up in WordNet for each word that stages 1 and 2 left over.
 * Source: Lavie and Agarwal 2007, "METEOR: an automatic metric for MT evaluation with high levels
 * of correlation with human judgments", with its first parameters.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_METEOR_H
#define GRADER_TEXT_METEOR_H

#include "grader/text/seq.h"

struct wordnet;

/* Of code points; 0..1. Without a `wordnet` (NULL) there is no third stage. */
double meteor(const struct wordnet *wordnet, struct span input, struct span reference);

#endif
