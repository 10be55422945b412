/* English words without their endings, as NLTK's PorterStemmer takes them off by default.
 *
 * Source: Porter 1980, "An algorithm for suffix stripping", with the changes that NLTK calls its
 * extensions: a list of irregular words, "dies" to "die", "flies" to "fli", y after a consonant
 * always to i, and some endings more. The original, libstemmer's "porter", gives other stems.
 * Threads: pure.
 */
#ifndef GRADER_TEXT_STEM_H
#define GRADER_TEXT_STEM_H

#include "grader/text/seq.h"

/* Take the ending off `word`, in lower case, in place. What is no a..z counts as a consonant. */
void stem(struct seq *word);

#endif
