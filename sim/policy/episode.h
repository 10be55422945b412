/* The episode so far as templates see it: `item`, the row, `calls`, the calls made, `recent`,
 * the same from the last one back, `last`, which is recent[0], and `turns`.
 *
 * calls[0].name, calls[0].arguments and calls[0].output are values; arguments and output that are
 * JSON can be walked into: calls[0].output.items[0].sku. turns[0].output is the tool result that
 * the service's model gets of that turn: a call's output as it is, a batch's as one JSON array in
 * the order of its calls, with ", " between (recorded, 3.7). In an array, outputs that are JSON
 * stand as they came, as in the recordings; others stand as JSON strings, which is ours. Threads: a
 * scope belongs to one thread and is good for one render.
 */
#ifndef SIM_POLICY_EPISODE_H
#define SIM_POLICY_EPISODE_H

#include "sim/base/template.h"
#include "sim/policy/policy.h"

extern const char *const episode_roots[]; /* "item", "calls", "turns", "last", "recent", NULL */

struct episode_scope {
    const struct policy_view *view;
    struct tape *scratch; /* for the output or arguments of the call last walked into */
    struct buf *built;    /* for the output of the turn last asked for */
};

struct template_scope episode_scope(const struct episode_scope *s);

/* What a turn whose calls came in one message has for its output, in place of what `out` held.
 * `scratch` is used for the outputs of its calls. */
void episode_batch_output(const struct policy_view *view, const struct policy_past *turn,
                          struct tape *scratch, struct buf *out);

#endif
