/* A row written with parts of it replaced, from its start to its end, all else byte for byte. */
#ifndef SIM_CHECK_SPLICE_H
#define SIM_CHECK_SPLICE_H

#include "sim/base/tape.h"

struct splice {
    const struct tape *tape; /* borrowed */
    struct buf *out;         /* the caller's; appended to */
    size_t done;             /* bytes of the row that are written, or replaced */
};

/* Keep what stands before `offset`, which is not before what is done. */
static inline void splice_keep(struct splice *s, size_t offset)
{
    buf_add(s->out, s->tape->text + s->done, offset - s->done);
    s->done = offset;
}

/* Keep what stands before the value at `v`, and write `text` in its place. */
static inline void splice_replace(struct splice *s, size_t v, const char *text)
{
    splice_keep(s, s->tape->at[v].start);
    buf_text_add(s->out, text);
    s->done = s->tape->at[v].end;
}

#endif
