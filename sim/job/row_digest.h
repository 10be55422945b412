/* A number for the content of a row, by which the rows of two runs are paired.
 *
 * Two rows have the same digest if they hold the same values under the same keys, in whatever order
 * the keys stand and however the JSON is spaced and escaped. Normalised rows are digested (1.4), so
 * a row read from a dataset and the `datasource_item` of an export agree; "trace", which an export
 * adds to a row (6.6), is left out.
 * It is stored in run.db: the same on every machine, and in every version of this program.
 */
#ifndef SIM_JOB_ROW_DIGEST_H
#define SIM_JOB_ROW_DIGEST_H

#include <stdint.h>

#include "sim/base/tape.h"

/* `item` is an object. Pure. */
uint64_t row_digest(const struct tape *item);

/* Of the messages alone of the row at `v`; 0 if it has none. Nowhere stored. */
uint64_t row_digest_messages(const struct tape *t, size_t v);

#endif
