/* Texts compared by their runs of three words, to tell rows that are nearly the same.
 *
 * A word is a run of letters and digits, case ignored; every byte above 0x7f is a letter. Runs that
 * many rows of the training file have are boilerplate: in "combine 3 5 8 to reach 13" only the
 * numbers tell rows apart, so they are compared on their own too.
 * Source: shingles and their least hashes, Broder 1997, "On the resemblance and containment of
 * documents". The hashes find candidates; what is reported was compared run by run.
 */
#ifndef SIM_CHECK_WORDS_H
#define SIM_CHECK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/tape.h"

enum {
    WORDS_RUNS = 1024,            /* of a text, that are looked at */
    WORDS_SAMPLE = 512,           /* rows that say what boilerplate is */
    WORDS_SAMPLE_BYTES = 8 << 20, /* and no more bytes than these */
    WORDS_COMMON = 50,    /* boilerplate: more than one row in so many has it, and at least 3 */
    WORDS_LEAST_RUNS = 5, /* fewer that are not boilerplate are too few to tell */
    WORDS_NEAR_PERCENT = 80,
    WORDS_BITS = 18, /* of the hashes that boilerplate is known by */
};

struct boilerplate {
    uint64_t at[(1u << WORDS_BITS) / 64];
};

/* Hashes of the runs of three words in a text, none of them 0; the number of them. */
size_t words_runs(const char *text, size_t len, uint32_t out[WORDS_RUNS]);

/* The two least of those that are no boilerplate, or 0 where there are none. */
void words_least(const struct boilerplate *b, const uint32_t *runs, size_t n, uint32_t least[2]);

/* Sort runs and keep each once; how many are left. */
size_t words_tidy(uint32_t *runs, size_t n);

/* The share, in percent, of the runs of two texts that both have, of all that one of them has; of
 * all runs or of those that are no boilerplate, whichever is less. 0 if either text has fewer than
 * WORDS_LEAST_RUNS of them. Reorders both. */
unsigned words_share(const struct boilerplate *b, uint32_t *one, size_t n_one, uint32_t *other,
                     size_t n_other);

/* The text of the last user message of a row, in `out`; false if there is none. */
bool words_question(const struct tape *row, size_t messages, struct buf *out);

/* Learn what is boilerplate from the first rows of a file that is open. Errors: ERR_IO. */
NODISCARD enum err_code words_learn(struct boilerplate *b, int fd, const char *path, struct err *e);

#endif
