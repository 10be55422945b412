/* Would this job have survived? Rules drawn from how paid jobs die without a word, each with a
 * severity, a sentence and its evidence.
 *
 * A rule is a row of VERDICT_RULES. It looks at the facts and says one line, fine or not; where the
 * facts do not reach (a result file has no rollouts) it says nothing and counts as not checked.
 * Source: EV-4, EV-13, EV-14, GAP-12, GAP-14, GAP-37, GAP-39, GAP-47.
 */
#ifndef SIM_REPORT_VERDICT_H
#define SIM_REPORT_VERDICT_H

#include "sim/report/facts.h"

enum verdict_severity { VERDICT_FINE, VERDICT_WARNING, VERDICT_FATAL };

/* name, identifier, what it looks at, when it warns, when it is fatal (for help; "" for never); a
 * function rule_NAME for each. In the order in which lines of the same severity are shown. */
/* clang-format off */
#define VERDICT_RULES(X) \
    X(RUN, "run", "the run came to its end", "it was stopped", "it failed") \
    X(GRADED, "graded", "rollouts were graded at all", "", "not one was") \
    X(TOOLS, "tools", "tools work", "", "a tool fails on half of its calls or on all") \
    X(REWARD, "reward", "rewards are not all the same", \
      "they are, and not 0, but the policy is a stub; or all the top in one exported evaluation", \
      "they are") \
    X(DISCARDED, "discarded", "rollouts are not thrown away: each is -1 in the service's mean (EV-4)", \
      "1 % are", "20 % are") \
    X(GRADER_LOST, "grader_lost", "the grader answers for every rollout (EV-14)", "one is without", \
      "5 % are") \
    X(GRADER_ERRORS, "grader_errors", "grades are not errors, each worth 0 (GAP-9, GAP-11)", "1 % are", \
      "20 % are") \
    X(CONTRACT, "contract", "tools answer by the contract (GAP-14, GAP-15)", "one answer is against it", "") \
    X(TOOL_ERRORS, "tool_errors", "single calls do not fail (EV-8)", "5 % of a tool's do", "") \
    X(UNUSED, "unused", "tools are called", "there are some and none was", "") \
    X(CUT, "cut", "rollouts end before max_episode_steps cuts them (GAP-12)", "5 % are cut", \
      "half are") \
    X(SILENT, "silent", "rollouts have an answer or a call (GAP-47)", "5 % have neither", \
      "half have") \
    X(GROUPS, "groups", "the rollouts of a row differ: a dead group teaches nothing", \
      "half of the groups are dead", "all are") \
    X(THRESHOLD, "threshold", "pass_threshold parts the good from the bad; it changes no reward (GAP-37)", \
      "nobody or everybody reaches it", "") \
    X(PARTS, "parts", "each grader of a multi tells rollouts apart", "one gives the same to all", "") \
    X(FALLING, "falling", "the reward does not fall", \
      "the last third of the points is 0.05 under the first, along a slope that is no chance", "") \
    X(GAP, "gap", "validation keeps up with training", \
      "it is 0.2 below at the last evaluation, or falls back by 0.1 from third to third", "") \
    X(GROWTH, "growth", "answers keep their length", "they grow by half from third to third", "") \
    X(EVALUATED, "evaluated", "there is an evaluation", "there is none", "") \
    X(ROWS, "rows", "validation rows are enough to see a gain of 0.1", "they are not, by an estimate", "") \
    X(POLICY, "policy", "the stub policy takes its turns; where not, that is no fault of the job", \
      "it failed once", "")
/* clang-format on */

enum verdict_rule {
#define X(name, id, words, warns, kills) VERDICT_RULE_##name,
    VERDICT_RULES(X)
#undef X
        VERDICT_N_RULES,
};

/* Where warnings and fatal lines begin: shares. */
#define VERDICT_DISCARDED_WARN  0.01
#define VERDICT_DISCARDED_FATAL 0.2
#define VERDICT_LOST_FATAL      0.05 /* by the grader; any at all is a warning */
#define VERDICT_ERRORS_WARN     0.01 /* grades in error */
#define VERDICT_ERRORS_FATAL    0.2
#define VERDICT_TOOL_WARN       0.05 /* of one tool's calls */
#define VERDICT_TOOL_FATAL      0.5
#define VERDICT_CUT_WARN        0.05
#define VERDICT_CUT_FATAL       0.5
#define VERDICT_SILENT_WARN     0.05
#define VERDICT_SILENT_FATAL    0.5
#define VERDICT_DEAD_WARN       0.5  /* of groups */
#define VERDICT_POLICY_WARN     0.0  /* any */
#define VERDICT_FALL            0.05 /* first third of points over the last, in rewards */
#define VERDICT_GAP             0.2  /* training over validation at the last evaluation */

enum { VERDICT_SHOWN = 10, VERDICT_EXAMPLES = 5 };

struct verdict_line {
    enum verdict_rule rule;
    enum verdict_severity severity;
    char *text;     /* owned; one sentence without a full stop, in the user's words */
    char *evidence; /* owned; "train.jsonl:17, train.jsonl:20", "step 3"; NULL if there is none */
    char *command;  /* owned; what shows more: "rftsim report RUN --outcome ..."; NULL likewise */
    size_t rollouts[VERDICT_EXAMPLES]; /* behind it */
    size_t n_rollouts;
};

struct verdict {
    enum verdict_severity severity;          /* of the worst line */
    struct verdict_line at[VERDICT_N_RULES]; /* fatal ones first, then warnings, then fine */
    size_t n;
    size_t n_by[3]; /* by severity */
    bool checked[VERDICT_N_RULES];
    size_t n_unchecked;
    bool empty; /* nothing ended and no mean is known, so that nothing can be said */
};

void verdict_make(struct verdict *out, const struct facts *f);
void verdict_release(struct verdict *v); /* fine on a zeroed one */

const char *verdict_rule_id(enum verdict_rule rule);
const char *verdict_rule_words(enum verdict_rule rule);
const char *verdict_rule_warns(enum verdict_rule rule); /* "" for never */
const char *verdict_rule_kills(enum verdict_rule rule);
const char *verdict_severity_id(enum verdict_severity severity); /* "warning" */

/* The answer in one line: "no", "yes, ..."; static storage. */
const char *verdict_words(const struct verdict *v);

/* How many of the lines a terminal shows: up to VERDICT_SHOWN, all that are not fine before any
 * that is. */
size_t verdict_shown(const struct verdict *v);

#endif
