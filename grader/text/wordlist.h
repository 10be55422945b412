/* The words of a text, as slices of it: what Python's str.split() gives. */
#ifndef GRADER_TEXT_WORDLIST_H
#define GRADER_TEXT_WORDLIST_H

#include "grader/text/seq.h"

struct wordlist {
    struct span *at; /* owned; each borrowed from the text that was split */
    size_t n;
    size_t room;
};

void wordlist_push(struct wordlist *w, struct span word);
void wordlist_split(struct wordlist *w, struct span text); /* at white space; appends */
void wordlist_release(struct wordlist *w);

void wordlist_sort(struct wordlist *w);   /* by code point */
void wordlist_unique(struct wordlist *w); /* of equal neighbours one stays: sort first */

void wordlist_join(struct seq *out, const struct wordlist *w); /* appends, a space between two */

#endif
