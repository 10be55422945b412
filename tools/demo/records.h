/* An endpoint's data file: JSON lines, read once when it starts.
 *
 * Threads: none of its own; for the start.
 */
#ifndef TOOLS_DEMO_RECORDS_H
#define TOOLS_DEMO_RECORDS_H

#include "sim/base/err.h"
#include "sim/base/tape.h"

/* Give every line to `take`, as a tape that is good for this one call. Ends with the first error,
 * to which file and line are added. Errors: ERR_IO, ERR_DATA and whatever `take` says. */
NODISCARD enum err_code records_read(const char *path,
                                     enum err_code (*take)(void *arg, const struct tape *record,
                                                           struct err *e),
                                     void *arg, struct err *e);

/* The member of the object at `v` as a text of its own, for a string what it says, the caller's to
 * free; NULL if it is not there or of another kind. */
char *record_member(const struct tape *t, size_t v, const char *key, enum tape_kind kind);

#endif
