/* A value drawn at random that fits a JSON schema: tool arguments of who knows no better.
 *
 *     object      every required property, each other one as often as not
 *     list        minItems and up to three more
 *     number      within its bounds; one of 0..100 if it has none, of the 100 beside the one it has
 *     string      of `source`, made longer or cut to minLength and maxLength; of `format` one of
 *                 the usual ones
 *     enum, const, $ref, anyOf (and oneOf) as they say
 *
 * What is drawn is held against schema_fits() and drawn anew if it does not fit. So it fits as far
 * as that tests; what it passes over (pattern, allOf, not, ...) may be violated.
 * Pure; nothing but `rng` decides what is drawn.
 */
#ifndef SIM_JOB_SCHEMA_DRAW_H
#define SIM_JOB_SCHEMA_DRAW_H

#include "sim/base/rng.h"
#include "sim/job/schema.h"

enum {
    SCHEMA_DRAW_TRIES = 32,
    SCHEMA_DRAW_DEPTH = 64, /* of a value, and of references in between */
    SCHEMA_WHY_ROOM = 320,
    SCHEMA_DRAW_BYTES = 256 << 10 /* of a value */
};

/* Where texts come from: append one, UTF-8, possibly empty. */
struct schema_source {
    void (*text)(void *arg, struct rng *rng, struct buf *out);
    void *arg;
};

/* Append a value that fits the schema, which need not have been checked. False, with `why` and
 * nothing appended: it is no schema, or nothing that was drawn fits. */
NODISCARD bool schema_draw(const struct schema *s, struct rng *rng,
                           const struct schema_source *source, struct buf *out,
                           char why[SCHEMA_WHY_ROOM]);

#endif
