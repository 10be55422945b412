/* Runs of symbols to numbers: equal runs get equal numbers, from 0 without gaps.
 *
 * Words are interned by their code points, n-grams by the pair of the (n-1)-gram's number and the
 * next word's. A zeroed struct is an empty table.
 */
#ifndef GRADER_TEXT_INTERN_H
#define GRADER_TEXT_INTERN_H

#include "grader/text/wordlist.h"

struct intern {
    struct intern_entry *at; /* owned; open addressing, `room` a power of two */
    size_t room;
    uint32_t n;      /* numbers given */
    struct seq pool; /* the runs, one after another */
};

#define INTERN_NONE UINT32_MAX

uint32_t intern_number(struct intern *in, struct span run);
uint32_t intern_find(const struct intern *in, struct span run); /* INTERN_NONE if it has none */
void intern_words(struct intern *in, struct seq *out, const struct wordlist *w); /* appends */
void intern_release(struct intern *in);

#endif
