/* One rollout as a document, taken down while it happens, and told: what the policy saw, what it
 * did turn by turn, what went over the wire and came back, and how the grade came about.
 *
 * The document is that of history_transcript() (sim/report/history.h) with more in it:
 *
 *     {"file", "line", "row", "phase", "step", "sample", "n_samples", "number" (in its wave: it
 *      names the random stream), "seed", "policy", "policy_note", "checkpoint",
 * "max_episode_steps", "pass_threshold", "tools": [{"name", "description", "parameters", "in_row",
 * "in_job"}], "turns": [{..., "left": turns that may follow, "failed": why the policy took none, of
 * a learner "state", "drawn": its action, "chances": [{"action", "chance"}], "calls": [{...,
 * "n_attempts", "words": whose the output is, "warnings": [...]}], "dropped": [{"tool",
 * "arguments"}], meant, but it was the last turn}], "outcome_words", "graded_sample": what the
 * graders saw, "grade": as `rftsim grade --json` has it (grade.h); null if it came to none,
 *      "change": what would change the outcome}
 *
 * Texts are masked. Threads: the hooks are called on the run's thread that has the rollout, the
 * rest before and after its wave.
 */
#ifndef SIM_VIEW_TELLING_H
#define SIM_VIEW_TELLING_H

#include <jansson.h>

#include "sim/policy/learned.h"
#include "sim/run/run.h"

struct telling {
    const struct job *job;
    json_t *doc;                   /* owned */
    json_t *turns;                 /* borrowed from doc */
    const struct learned *learned; /* borrowed; NULL: the policy is no learner */
    uint64_t state;                /* that its next action is drawn in */
};

/* The rollout of `row` that is to be number `sample` of `n_samples`, alone in its wave. */
void telling_begin(struct telling *t, const struct job *job, const struct row *row,
                   const struct wave *w, size_t sample, size_t n_samples);
/* Its policy is a learner, and this the state that it begins in. */
void telling_learner(struct telling *t, const struct learned *learned, uint64_t state);
void telling_release(struct telling *t); /* fine on a zeroed one */

/* run_config.on_turn and on_end, of a run with keep_samples and tell_grades. */
void telling_turn(void *telling, const struct policy_turn *turn);
void telling_end(void *telling, const struct rollout_told *told);

/* For a screen so many columns wide. */
void telling_text(struct buf *out, const json_t *doc, size_t columns);

#endif
