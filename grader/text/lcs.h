/* The length of the longest common subsequence, 64 cells of the table at a time.
 *
 * Time O(n * m / 64), so quadratic: a quarter of a millisecond for two texts of 5,000 characters
 * (`make bench-text`), some ten seconds for two of a million. Memory O(n + m): the table is
 * walked in stripes of rows, of which only the carries at the lower edge are kept.
 * Source: the bit-vectors of Hyyro 2004, "Bit-parallel LCS-length computation revisited".
 * Threads: pure.
 */
#ifndef GRADER_TEXT_LCS_H
#define GRADER_TEXT_LCS_H

#include "grader/text/seq.h"

size_t lcs_length(struct span a, struct span b);

#endif
