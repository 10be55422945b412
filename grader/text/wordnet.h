/* Synonyms of English words, from the files of Princeton's WordNet 3.0 as Debian's wordnet-base
 * installs them.
 *
 * A word is looked up as it is and by its base forms, found as NLTK's corpus reader finds them: the
 * lists of exceptions, then the rules of detachment for nouns, verbs and adjectives. The files are
 * mapped, not read: what is looked up is what is loaded.
 * Source: wninput(5), wndb(5), morphy(7) of WordNet 3.0.
 * Threads: reading is pure.
 */
#ifndef GRADER_TEXT_WORDNET_H
#define GRADER_TEXT_WORDNET_H

#include "grader/text/seq.h"

struct wordnet;

/* Where the files are looked for: WNSEARCHDIR, as in WordNet's own programs, else Debian's. */
const char *wordnet_folder(void);

struct wordnet *wordnet_open(void);    /* the caller's; NULL if a file is missing */
void wordnet_close(struct wordnet *w); /* NULL is fine */

/* Append the single-word synonyms of `word`, in all senses, with a space after each; the same one
 * may come again. */
void wordnet_synonyms(const struct wordnet *w, struct span word, struct seq *out);

#endif
