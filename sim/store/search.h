/* Full-text search over what was said and done in a run's rollouts: answers, arguments, outputs.
 *
 * Words are looked for in any form of case and accent, all of them in one rollout; "several words"
 * in quotes as they stand; word* as a beginning. There is no other syntax, so a text with hyphens
 * or colons can be pasted. The index is made when it is first asked for and kept in run.db
 * (search.sql); for a run that is going on, or that may not be written to, it is made in memory
 * each time. Threads: one caller's.
 */
#ifndef SIM_STORE_SEARCH_H
#define SIM_STORE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

struct search_hit {
    int64_t rollout;   /* its id */
    const char *field; /* "answer", "arguments" or "output"; static storage */
    char *excerpt; /* owned; around the match, which stands between SEARCH_OPEN and SEARCH_CLOSE */
};

/* What a text does not hold: they were escaped in JSON, and masked out of answers. */
#define SEARCH_OPEN  "\x01"
#define SEARCH_CLOSE "\x02"

struct search_hits {
    struct search_hit *at; /* owned; the best first */
    size_t n;
    size_t n_all; /* rollouts that match, also those that are not told */
};

/* `folder` is the run's. Errors: ERR_USAGE: no words; ERR_IO, ERR_DATA. Release `out` in any case.
 */
NODISCARD enum err_code search_run(struct search_hits *out, const char *folder, const char *words,
                                   size_t most, struct err *e);
void search_release(struct search_hits *h); /* fine on a zeroed one */

#endif
