/* What a metric said of pairs of texts, remembered: rollouts of one row often end in the same
 * answer.
 *
 * A table of fixed size with the bytes of both texts in it, so what is found was said of these very
 * texts; a newer pair takes the place of an older one. At most RECALL_BYTES of texts.
 * Threads: one at a time; every grader has its own.
 */
#ifndef GRADER_RECALL_H
#define GRADER_RECALL_H

#include "grader/metric.h"
#include "sim/base/buf.h"

enum { RECALL_BYTES = 8 * 1024 * 1024 };

struct recall;

struct recall *recall_new(void);
void recall_free(struct recall *r); /* NULL is fine */

/* True, with what was kept of this pair. */
bool recall_find(struct recall *r, const struct buf *a, const struct buf *b,
                 struct similarity *out);

/* Keep it, if the pair is not too large. */
void recall_keep(struct recall *r, const struct buf *a, const struct buf *b,
                 const struct similarity *value);

#endif
