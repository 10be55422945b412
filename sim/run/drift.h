/* Answers that are not what they were when an episode was recorded.
 *
 * Two answers are the same if they are JSON of the same values, in whatever order keys stand, or
 * else the same bytes; what masking (base/secret) makes of them counts too, since a record of our
 * own is masked. Of an answer that the record has only the beginning of, that is compared. A call
 * that got no answer where there was one, or the other way round, differs too.
 * Threads: pure.
 */
#ifndef SIM_RUN_DRIFT_H
#define SIM_RUN_DRIFT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/policy/recording.h"

struct rollout;

enum { DRIFT_KEPT_BYTES = 2048 }; /* of a text, masked; cut between two characters */

/* A text as it is kept; NULL: there is none. */
struct drift_text {
    char *at;     /* owned */
    size_t len;   /* of it: a NUL may stand in it */
    size_t bytes; /* it had before it was masked and cut */
};

/* An answer that differs. */
struct drift {
    size_t call; /* number in the rollout, from 0 */
    char *tool;  /* owned */
    char *place; /* owned; JSON pointer to the first difference; NULL if one is not JSON */
    struct drift_text arguments;
    struct drift_text recorded; /* none: the call was lost */
    struct drift_text now;      /* likewise */
};

/* What differs in a rollout that has ended, call by call: `*n` of them at `*out`, the caller's,
 * of `*n_compared` answers. NULL if nothing does. */
void drift_find(const struct rollout *r, size_t n_calls, struct drift **out, size_t *n,
                size_t *n_compared);
void drift_free(struct drift *at, size_t n);

/* Whether `now` is the recorded answer. `*place` is the caller's if not; NULL as above. */
bool drift_is_same(const struct recorded_text *recorded, bool cut, const char *now, size_t len,
                   char **place);

#endif
