/* A model's answer as a turn of the policy. Pure.
 *
 *     tool calls              calls, their arguments as literally written: the tool sees what is
 *                             wrong with them
 *     text, or nothing        the final answer
 *     a refusal               the final answer is what was said beside it, mostly nothing; told
 *     cut at its token limit  the final answer is what there is of it, calls or not; truncated
 *     content filter          the turn failed: it was the server, not the model
 *
 * An API gives a call's bare name. One with "functions." in front of it is the same tool, and one
 * to multi_tool_use.parallel the message that it is (3.7).
 */
#ifndef SIM_POLICY_MODEL_TURN_H
#define SIM_POLICY_MODEL_TURN_H

#include "sim/model/answer.h"
#include "sim/policy/policy.h"

enum { MODEL_CALLS_MAX = 128 /* in a turn; as in a batch */ };

/* Kept from answer to answer. */
struct model_turn {
    struct policy_turn turn; /* what came of it; its names are borrowed from `names` */
    struct model_answer answer;
    struct buf names; /* each with its NUL */
};

/* Read an answer, which holds an object, to m->turn; `turn` is the number of the turn. Returns
 * NULL, or why it is none: then another attempt may bring one. Static storage. */
const char *model_turn_read(struct model_turn *m, const struct tape *answer, enum job_model_api api,
                            size_t turn);
void model_turn_release(struct model_turn *m); /* fine on a zeroed one */

#endif
