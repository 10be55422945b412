/* The arguments of a call, found by their names.
 *
 * For each property of the tool's schema, as the row has it, the row's own field of that name; if
 * the row has none, what stands under that name in an output of the episode, of the latest that
 * has it the first. What is nowhere is left out. A tool without a schema gets {}.
 */
#ifndef SIM_POLICY_FILL_H
#define SIM_POLICY_FILL_H

#include "sim/policy/policy.h"

/* Append them as a JSON object. `scratch`: to read outputs with; NULL: the row's fields alone. */
void fill_arguments(const struct policy_view *view, const char *tool, struct tape *scratch,
                    struct buf *out);

#endif
