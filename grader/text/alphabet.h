/* The symbols of two runs numbered from 0 without gaps, so that a table of masks has one row for
 * each. Takes O(n log n) time at worst and O(n) memory whatever the symbols are.
 */
#ifndef GRADER_TEXT_ALPHABET_H
#define GRADER_TEXT_ALPHABET_H

#include "grader/text/seq.h"

/* Append both runs in their new numbers. Returns how many symbols `a` has; a symbol of `b` that is
 * not in `a` gets that number. */
uint32_t alphabet_number(struct seq *a_out, struct seq *b_out, struct span a, struct span b);

#endif
