/* A tool's arguments, checked one by one, and the words for one that will not do.
 *
 * Pure. `refusal` is appended to where an argument is missing or of another kind.
 */
#ifndef TOOLS_DEMO_ARGUMENT_H
#define TOOLS_DEMO_ARGUMENT_H

#include <stdbool.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"

/* Append "'top_k' must be a whole number, found 1.5"; `v` is what was found, or TAPE_NONE. */
void argument_refuse(const char *key, const char *want, const struct tape *args, size_t v,
                     struct buf *refusal);

/* A string, appended to `out`. */
bool argument_text(const struct tape *args, const char *key, struct buf *out, struct buf *refusal);

/* A whole number from `least` to `most`; `want` says so in words. */
bool argument_count(const struct tape *args, const char *key, unsigned least, unsigned most,
                    const char *want, unsigned *out, struct buf *refusal);

/* One of `names`, which NULL ends: its index; `want` lists them in words. */
bool argument_choice(const struct tape *args, const char *key, const char *const *names,
                     const char *want, unsigned *out, struct buf *refusal);

#endif
