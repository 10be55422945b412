/* The part of a long text that a short one is most like.
 *
 * Takes every window of `longer` as long as `shorter`, and the shorter windows at both its ends;
 * the best similarity is 2 * LCS / (both lengths), 0..1.
 *
 * One table for all windows: the LCS of `shorter` with any part of `longer` can be read from the
 * places where the strands of the table's braid leave it. Time O(n * m), a few cells at once (not
 * 64 as in lcs.h; `make bench-text` has both); memory O(n + m).
 * Source: Tiskin 2008, "Semi-local longest common subsequences" (iterative combing).
 * Threads: pure.
 */
#ifndef GRADER_TEXT_WINDOW_H
#define GRADER_TEXT_WINDOW_H

#include "grader/text/seq.h"

/* `shorter` has at least one symbol, `longer` as many or more, but less than 2^30. */
double window_best(struct span shorter, struct span longer);

#endif
