/* One pass over the lines of a file by several threads, the result the same for any number.
 *
 * The file is cut into blocks of equal size. A thread takes the next block, gives each of its lines
 * to `line`, and hands what came of the block to `merge`, which is called in the order of the file,
 * one block at a time. So `merge` may add up what it likes, and knows the lines before.
 */
#ifndef SIM_CHECK_PASS_H
#define SIM_CHECK_PASS_H

#include "sim/job/lines.h"

struct pass {
    const char *path;
    int fd;         /* borrowed, from lines_open */
    uint64_t bytes; /* of the file when it was opened */
    int threads;    /* at least 1 */

    /* Each thread has one state and uses it for block after block. */
    void *(*state_new)(void *arg);
    void (*state_free)(void *state);

    /* Line `number` of the block, from 0. */
    void (*line)(void *state, const struct line *line, size_t number);

    /* What the block came to; `n_before` lines stand before it. Empties the state. */
    void (*merge)(void *arg, void *state, size_t n_before);
    void *arg;
};

/* Errors: ERR_IO: it could not be read, or became shorter meanwhile; what was merged before stands.
 */
NODISCARD enum err_code pass_run(const struct pass *p, struct err *e);

#endif
