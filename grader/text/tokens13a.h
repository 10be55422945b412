/* The words of BLEU as the mteval-v13a script has them, and sacreBLEU by default.
 *
 * Entities of HTML are decoded, a hyphen at the end of a line joins the halves of its word, ASCII
 * punctuation stands alone, but for full stops, commas and hyphens between digits.
 * Time and memory O(n).
 * Source: the four rules in sacreBLEU's documentation of its tokeniser 13a.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_TOKENS13A_H
#define GRADER_TEXT_TOKENS13A_H

#include "grader/text/seq.h"

void tokens13a(struct seq *out, struct span text); /* appends the words with spaces between */

#endif
