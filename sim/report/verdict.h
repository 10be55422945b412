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

/* name, identifier, what it looks at (for help); a function rule_NAME in verdict_rules.c for each.
 * In the order in which lines of the same severity are shown. */
#define VERDICT_RULES(X)                                                                       \
    X(RUN, "run", "the run came to its end, and nothing in it to an early one")                \
    X(GRADED, "graded", "there are graded rollouts at all")                                    \
    X(TOOLS, "tools", "no tool fails on every call, or on half of them")                       \
    X(REWARD, "reward", "rewards are not all the same")                                        \
    X(DISCARDED, "discarded", "rollouts thrown away: each is -1 in the service's mean (EV-4)") \
    X(GRADER_LOST, "grader_lost", "the grader gave an answer to every rollout (EV-14)")        \
    X(GRADER_ERRORS, "grader_errors", "grades in error, each worth 0 (GAP-9)")                 \
    X(CONTRACT, "contract", "answers of tools keep to the contract (GAP-14, GAP-15)")          \
    X(TOOL_ERRORS, "tool_errors", "single tool calls that fail (EV-8)")                        \
    X(UNUSED, "unused", "the tools are called")                                                \
    X(CUT, "cut", "rollouts cut at max_episode_steps (GAP-12)")                                \
    X(SILENT, "silent", "rollouts that end without an answer (GAP-47)")                        \
    X(GROUPS, "groups", "groups of rollouts that differ: dead ones teach nothing")             \
    X(THRESHOLD, "threshold", "pass_threshold parts the good from the bad (GAP-37)")           \
    X(PARTS, "parts", "each grader of a multi tells rollouts apart")                           \
    X(FALLING, "falling", "the reward does not fall")                                          \
    X(GAP, "gap", "validation does not stay far below training")                               \
    X(GROWTH, "growth", "answers do not grow and grow")                                        \
    X(EVALUATED, "evaluated", "there is an evaluation")                                        \
    X(ROWS, "rows", "validation rows are enough to see a gain of 0.1")                         \
    X(POLICY, "policy", "the stub policy took its turns; where not, that is no fault of the job")

enum verdict_rule {
#define X(name, id, words) VERDICT_RULE_##name,
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
};

void verdict_make(struct verdict *out, const struct facts *f);
void verdict_release(struct verdict *v); /* fine on a zeroed one */

const char *verdict_rule_id(enum verdict_rule rule);
const char *verdict_rule_words(enum verdict_rule rule);
const char *verdict_severity_id(enum verdict_severity severity); /* "warning" */

/* The answer in one line: "no: ...", "yes, ..."; static storage. */
const char *verdict_words(enum verdict_severity severity);

/* How many of the lines a terminal shows: up to VERDICT_SHOWN, all that are not fine before any
 * that is. */
size_t verdict_shown(const struct verdict *v);

#endif
