/* rapidfuzz's family of similarities, all 0..1 (rapidfuzz's own are 0..100).
 *
 * Time: fuzzy_partial and what calls it (fuzzy_weighted of texts whose lengths differ by half or
 * more) O(n * m), the others O(n * m / 64); memory O(n + m).
 * Source: the documentation of rapidfuzz 3, whose values tests/data/text_similarity.jsonl holds.
 * Lengths that differ by exactly 8 weigh parts with 0.9 in fuzzy_weighted, as from rapidfuzz 3.14
 * on; before, 0.6.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_FUZZY_H
#define GRADER_TEXT_FUZZY_H

#include "grader/text/seq.h"

/* utils.default_process: what is no letter, number or underscore becomes a space, white space at
 * the ends goes, the rest in lower case. Appends. */
void fuzzy_process(struct seq *out, struct span text);

/* The part of a text that it leaves, symbol by symbol. */
struct span fuzzy_trim(struct span text);

double fuzzy_ratio(struct span a, struct span b);         /* ratio: 2 * LCS / both lengths */
double fuzzy_quick(struct span a, struct span b);         /* QRatio: ratio, but 0 if one is empty */
double fuzzy_partial(struct span a, struct span b);       /* partial_ratio */
double fuzzy_token_sort(struct span a, struct span b);    /* token_sort_ratio */
double fuzzy_token_set(struct span a, struct span b);     /* token_set_ratio */
double fuzzy_token(struct span a, struct span b);         /* token_ratio: the better of the two */
double fuzzy_partial_token(struct span a, struct span b); /* partial_token_ratio */
double fuzzy_weighted(struct span a, struct span b);      /* WRatio */

#endif
