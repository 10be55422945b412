/* The request that asks a model for the next turn: from the row, and from what happened since.
 * Pure.
 *
 * The row's messages go as they stand, but for a "name" that is null. The tools are those that row
 * and job both have, as the row describes them (DS-24); a row that has no `tools` leaves the job's
 * own, by bare name, with a schema that takes any object (DS-23, GAP-24). What the model said at
 * earlier turns is sent as it said it (policy_past.said), and behind it what its calls brought.
 *
 *     chat completions   {"model", "messages", "tools"?, ours, parameters}
 *     Responses          {"model", "input", "tools"?, ours, parameters}
 *
 * Ours are a seed of the rollout's stream and its turn, parallel_tool_calls if the row says false,
 * and the job's response_format; parameters win over them.
 */
#ifndef SIM_POLICY_MODEL_REQUEST_H
#define SIM_POLICY_MODEL_REQUEST_H

#include "sim/policy/model_spec.h"
#include "sim/policy/policy.h"

struct model_request {
    const struct job *job; /* borrowed */
    const struct model_spec *spec;
    struct buf format;   /* the job's response_format as a member, behind a comma; or empty */
    struct tape scratch; /* for what was said at a turn */
    struct buf built;    /* for a batch's output */
};

/* Make ready what is the same of every request. `spec` was read without a fault. */
void model_request_init(struct model_request *r, const struct job *job,
                        const struct model_spec *spec);
void model_request_release(struct model_request *r); /* fine on a zeroed one */

/* Append the request for the next turn. */
void model_request_write(struct model_request *r, const struct policy_view *view, struct buf *out);

#endif
