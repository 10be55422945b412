/* What a learner has learned: in each state a preference for each of its actions.
 *
 * The chance of an action is its share of e^preference (softmax); a state that was never met has
 * no preferences, so all its actions are equally likely. A state is what the last `depth` actions
 * of the episode were, and of what kind the row is (its feature): the same for all rows, which is
 * why what is learned of some rows holds for others.
 *
 * Source: Sutton and Barto, "Reinforcement Learning", 2nd edition, 13.1 (softmax in preferences).
 * Threads: constant while rollouts draw from it; only between waves is it changed.
 */
#ifndef SIM_POLICY_LEARNED_H
#define SIM_POLICY_LEARNED_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/base/buf.h"
#include "sim/policy/table.h"

enum {
    LEARNED_ACTIONS_MAX = 200,
    LEARNED_DEPTH_MAX = 6,
    LEARNED_FEATURES_MAX = 65000, /* values of the feature; all further ones are alike */
};

struct learned_feature {
    char *text;      /* owned */
    unsigned number; /* from 1, in the order in which they were met */
};

struct learned {
    char **actions; /* owned; their names */
    size_t n_actions;
    unsigned depth;
    struct learned_feature *features; /* owned; sorted by text */
    size_t n_features;
    size_t features_room;
    struct table preferences; /* by state, n_actions each */
};

void learned_init(struct learned *l, const char *const *actions, size_t n_actions, unsigned depth);
void learned_release(struct learned *l);

/* The state in which an episode begins, a number: a byte for each of the last actions, the latest
 * lowest, which is its number and 1; above them in 16 bits the number of the feature's value, 0 if
 * there is no feature (NULL). A value that was never met has a state of its own, in which nothing
 * is known; learned_meet() meets it. */
uint64_t learned_begin(const struct learned *l, const char *feature);
uint64_t learned_meet(struct learned *l, const char *feature);

/* The state after an action. */
uint64_t learned_after(const struct learned *l, uint64_t state, size_t action);

/* The chance of each action: `out` has room for n_actions. */
void learned_chances(const struct learned *l, uint64_t state, double *out);

/* "start", "search > open_first", "price: search" */
void learned_state_words(const struct learned *l, uint64_t state, struct buf *out);

/* The preferences as a JSON list to read, a state a line:
 *     {"feature": "price", "after": ["search"], "prefers": {"search": 0.5, ...}}
 * `"feature": null` is any value beyond the LEARNED_FEATURES_MAX that are told apart.
 * It is for a file that is masked and in which ${NAME} is a variable, so a ${ is written $${. */
void learned_write(const struct learned *l, struct buf *out);

/* Put what learned_write() made into `l`, which knows its actions and nothing else. On false `why`
 * says what cannot be read, and `at` is the number of the state at fault. */
NODISCARD bool learned_read(struct learned *l, const json_t *json, size_t *at, struct buf *why);

#endif
