/* The curves of a run as TensorBoard shows them: train/reward_mean, valid/tool_calls/lookup, ...
 *
 * One event a training step and one an evaluation, in the order in which they ran. Of our own runs
 * only those that ended are there. Tags:
 *
 *     PHASE/reward_mean  reward_penalised  reward_low  reward_high (95 %)  pass_rate  rollouts
 *           graded  discarded_share  written_bytes  completion_tokens  seconds
 *     PHASE/grader/NAME  grader_seconds/NAME, the parts of a multi by their keys
 *     PHASE/tool_calls/TOOL  tool_error_rate/TOOL  tool_seconds/TOOL  tool_tokens/TOOL
 *     train/grader_error_share  unresponsive_share  reasoning_tokens, time/sampling  training  eval
 *           total
 *
 * PHASE is train or valid. What is not known has no value. Times are those that were recorded (of
 * the evaluation before step 1, when the run began), so the same run gives the same bytes.
 */
#ifndef SIM_VIEW_SCALARS_H
#define SIM_VIEW_SCALARS_H

#include "sim/base/stage.h"
#include "sim/report/history.h"

/* Create events.out.tfevents.<when it began>.rftsim in `folder`. Errors: ERR_IO. */
NODISCARD enum err_code scalars_write(const struct stage *folder, const struct history *h,
                                      struct err *e);

#endif
