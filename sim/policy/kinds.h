/* Every policy there is. To add one: its file, a line here, a line in policy.c's table. */
#ifndef SIM_POLICY_KINDS_H
#define SIM_POLICY_KINDS_H

#include "sim/policy/policy.h"

extern const struct policy_ops policy_command;
extern const struct policy_ops policy_learner;
extern const struct policy_ops policy_mixture;
extern const struct policy_ops policy_model;
extern const struct policy_ops policy_oracle;
extern const struct policy_ops policy_random;
extern const struct policy_ops policy_replay;
extern const struct policy_ops policy_scripted;

/* What a policy keeps, for functions of its own type: NULL if it is not of this one. */
void *policy_self(const struct policy *p, const struct policy_ops *ops);

#endif
