/* What a policy has learned, as files in the run folder that are policies again.
 *
 *     checkpoints/step-N.json    at the best evaluations, at most three (contract 2.7)
 *     policy.json                at the end
 *
 *     {"checkpoint": 1, "rftsim": VERSION, "step": 15, "valid_mean_reward": 0.9, "policy": {...}}
 *
 * `policy` is a spec (learner.h): `rftsim run --policy` evaluates it, and it can stand in a job.
 */
#ifndef SIM_VIEW_CHECKPOINT_H
#define SIM_VIEW_CHECKPOINT_H

#include "sim/store/store.h"
#include "sim/train/trainer.h"

/* Keep the policy of an evaluation if it is among the best, and drop the one that no longer is, as
 * files and in run.db (`store` may be NULL). A policy without a state is noted in run.db alone.
 * Errors: ERR_IO. */
NODISCARD enum err_code checkpoint_keep(const char *folder, struct store *store,
                                        const struct checkpoint_report *c, struct err *e);

/* The same when a run that goes on is at a step that it had done before: what was kept in the end
 * is written again, the same, in case its file was lost; what was dropped since does not come back.
 * Errors: ERR_IO. */
NODISCARD enum err_code checkpoint_keep_again(const char *folder, const struct store *store,
                                              const struct checkpoint_report *c, struct err *e);

/* Write policy.json. Errors: ERR_IO. */
NODISCARD enum err_code checkpoint_last(const char *folder, const struct policy *policy, int step,
                                        struct err *e);

#endif
