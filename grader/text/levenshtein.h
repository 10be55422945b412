/* Edit distance: the fewest insertions, deletions and replacements of one symbol.
 *
 * Time O(n * m / 64), memory O(n + m), in stripes of 64 rows as in lcs.h.
 * Source: the bit-vectors of Myers 1999, "A fast bit-vector algorithm for approximate string
 * matching based on dynamic programming", for the distance as in Hyyro 2003.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_LEVENSHTEIN_H
#define GRADER_TEXT_LEVENSHTEIN_H

#include "grader/text/seq.h"

size_t levenshtein_distance(struct span a, struct span b);
double levenshtein_similarity(struct span a, struct span b); /* 1 - distance / longer; 1 if empty */

#endif
