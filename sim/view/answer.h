/* The answer of the service's graders/run (contract 5.2, 5.3), from the facts of a grade.
 *
 *     {"reward", "metadata": {"name", "type", "errors": {24 keys}, "execution_time", "scores",
 *      "token_usage", "sampled_model_name"}, "sub_rewards", "model_grader_token_usage_per_model",
 *      "rftsim": the facts}
 *
 * All of the service's keys are there, in its order, and one more, which is ours. "scores" and
 * "sub_rewards" are what the graders of a multi gave, by their keys. An error's details are the
 * reason that the grader gives; null where there is no such error. Should there be no grade at all
 * (an endpoint that never answered) the reward is null, where the service may say 0: no failure of
 * the infrastructure becomes a reward.
 */
#ifndef SIM_VIEW_ANSWER_H
#define SIM_VIEW_ANSWER_H

#include <jansson.h>

/* `facts` is grade_facts()'s. The result is the caller's. */
json_t *answer_of(json_t *facts);

#endif
