/* Words of a text as NLTK's word_tokenize parts them: marks, brackets and quotes stand alone,
 * "don't" is "do n't", "cannot" is "can not".
 *
 * word_tokenize first parts a text into sentences with a trained model; here a text is one
 * sentence, so a full stop inside it stays with its word unless the text ends there.
 * Source: NLTKWordTokenizer as of NLTK 3.8, whose rules go back to the Penn Treebank's.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_NLTKWORDS_H
#define GRADER_TEXT_NLTKWORDS_H

#include "grader/text/seq.h"

/* Append the words with white space between them. */
void nltkwords(struct seq *out, struct span text);

#endif
