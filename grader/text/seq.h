/* Runs of symbols: code points of a text, or the numbers of its words.
 *
 * `struct span` is a borrowed view, `struct seq` what grows. A zeroed one is empty.
 */
#ifndef GRADER_TEXT_SEQ_H
#define GRADER_TEXT_SEQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint32_t *at; /* borrowed; may be NULL if n is 0 */
    size_t n;
};

struct seq {
    uint32_t *at; /* owned */
    size_t n;
    size_t room;
};

void seq_grow(struct seq *s); /* room for one more at least */

static inline void seq_push(struct seq *s, uint32_t symbol)
{
    if (s->n == s->room)
        seq_grow(s);
    s->at[s->n++] = symbol;
}

void seq_add(struct seq *s, struct span symbols); /* must not be a view of `s` itself */
void seq_release(struct seq *s);

struct span seq_span(const struct seq *s); /* borrowed until the next change */

bool span_equal(struct span a, struct span b);
int span_compare(struct span a, struct span b); /* <0, 0, >0, as Python orders texts */

#endif
