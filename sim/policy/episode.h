/* The episode so far as templates see it: `item`, the row, and `calls`, the calls made.
 *
 * calls[0].name, calls[0].arguments and calls[0].output are values; arguments and output that are
 * JSON can be walked into: calls[0].output.items[0].sku.
 * Threads: a scope belongs to one thread and is good for one render.
 */
#ifndef SIM_POLICY_EPISODE_H
#define SIM_POLICY_EPISODE_H

#include "sim/base/template.h"
#include "sim/policy/policy.h"

extern const char *const episode_roots[]; /* "item", "calls", NULL */

struct episode_scope {
    const struct policy_view *view;
    struct tape *scratch; /* for the output or arguments of the call last walked into */
};

struct template_scope episode_scope(const struct episode_scope *s);

#endif
