/* How many rows something holds for, and where the first of them is: in one block of a file, and in
 * blocks that are put together in order. */
#ifndef SIM_CHECK_SPOT_H
#define SIM_CHECK_SPOT_H

#include <stddef.h>

#include "sim/base/mem.h"

struct spot {
    size_t n;    /* rows */
    size_t line; /* of the first; from 1, 0 while there is none */
};

static inline void spot_add(struct spot *s, size_t line)
{
    if (!s->n++)
        s->line = line;
}

/* `from` is of a block before which the file has `n_before` lines. */
static inline void spot_join(struct spot *into, const struct spot *from, size_t n_before)
{
    if (!into->n && from->n)
        into->line = from->line + n_before;
    into->n += from->n;
}

/* Counts of `n` things side by side, made when the first row is met. */
struct spots {
    void *at; /* owned; n of them, or NULL */
    size_t n;
};

/* Room for `n` of `size` bytes, zeroed, if there is none yet. Borrowed. */
static inline void *spots_room(struct spots *s, size_t n, size_t size)
{
    if (!s->at)
        s->at = mem_array(n, size);
    s->n = n;
    return s->at;
}

/* Join one by one; `join` empties its `from`. */
static inline void spots_join(struct spots *whole, const struct spots *block, size_t size,
                              size_t n_before,
                              void (*join)(void *into, void *from, size_t n_before))
{
    if (!block->at)
        return;
    spots_room(whole, block->n, size);
    for (size_t i = 0; i < block->n; i++)
        join((char *)whole->at + i * size, (char *)block->at + i * size, n_before);
}

#endif
