/* What would change how a rollout ended, in a line: the last word of `rftsim rollout`.
 *
 * Said from what is known of it: the failure that threw it away, the error in its grade, or what
 * the grader would give more for. Pure.
 */
#ifndef SIM_VIEW_CHANGE_H
#define SIM_VIEW_CHANGE_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/base/buf.h"

/* Append it, of a document as in sim/view/telling.h. `parses`: the job has a response_format. */
void change_write(struct buf *out, const json_t *doc, bool parses);

#endif
