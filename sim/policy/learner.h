/* What of a learner is seen from outside: what it has learned, and how it is to learn.
 *
 *     type: learner
 *     actions:                 named turns, each written as in a script (script.h)
 *       - {name: search, call: search_catalog, arguments: {query: "{{item.query}}"}}
 *       - {name: open, call: get_by_id, arguments: {sku: "{{last.output.items[0].sku}}"}}
 *       - {name: look, fill: get_by_id}      arguments found by their names (fill.h)
 *       - {name: say, answer: "{{last.output.sku}}"}
 *     depth: 3                 how many of the last actions make the state (default 3)
 *     feature: "{{item.kind}}" a text of the row that is part of the state (default none); it needs
 *                              a template, or it would be the same for each row
 *     step_size: 0.5           times learning_rate_multiplier (default 0.5)
 *     advantage: std           or mean: whether it is divided by the deviation of its group
 *     entropy_bonus: 0         what uncertainty is worth
 *     learned: [...]           what was learned before, as a checkpoint has it
 *
 * Each turn draws an action by its chance (learned.h). A text in which a template resolves nowhere
 * is empty, or null if it is a value in JSON: what that is worth is for tools and graders to say.
 * Without actions they are made of the first training row, and said (actions.h).
 */
#ifndef SIM_POLICY_LEARNER_H
#define SIM_POLICY_LEARNER_H

#include "sim/policy/learned.h"
#include "sim/policy/policy.h"

struct learning {
    double step_size; /* with learning_rate_multiplier in it */
    double entropy_bonus;
    bool by_deviation;
};

bool policy_learns(const struct policy *p);

/* The rest is of a policy that does. What it has learned is its own, unless it was opened to share
 * that of another. */
struct learned *learner_learned(const struct policy *p);
struct learning learner_learning(const struct policy *p);

/* The text that its feature is made by, before variables were put in; NULL if it has none. */
const char *learner_feature(const struct policy *p);

/* The state in which an episode of this row begins; its feature is met. */
uint64_t learner_begin(const struct policy *p, const struct tape *item);

/* The spec that makes this policy again, as it is now, as a JSON object: variables are ${NAME}. */
void learner_write(const struct policy *p, struct buf *out);

#endif
