/* What came of many rollouts, added up in the order of their numbers.
 *
 * Everything that is reported is computed from a tally: means over how many, what was left out and
 * why, tool calls by kind with their latencies.
 * Source: EV-4 (mean reward), EV-7..EV-9 (counts, tool metrics), GAP-47 (unresponsive).
 */
#ifndef SIM_TRAIN_TALLY_H
#define SIM_TRAIN_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/hist.h"
#include "sim/run/run.h"

/* The first rollout that something happened to. */
struct example {
    char *text; /* owned; NULL while it has not happened: "valid.jsonl:37: ..." */
};

enum { TALLY_WARNINGS = TOOL_N_WARNINGS };

struct tool_tally {
    uint64_t n_ok;       /* calls whose output is the tool's result */
    uint64_t n_failed;   /* all others that this tool was asked for */
    uint64_t n_requests; /* attempts made, first tries and repeats */
    uint64_t kinds[TOOL_N_KINDS];
    uint64_t warnings[TALLY_WARNINGS];
    double latency_sum_s; /* of the calls that were sent */
    uint64_t n_sent;
    uint64_t n_answered; /* of these, with some HTTP status: the endpoint is alive */
    struct hist latency;
    struct example examples[TOOL_N_KINDS];
};

/* What one grader said, over graded rollouts. */
struct grade_tally {
    uint64_t n;
    double reward_sum;
    uint64_t errors[GRADE_N_ERRORS]; /* grades in error, by enum grade_error */
    uint64_t n_flagged;              /* with any of them */
    double seconds;                  /* in the grader */
};

/* A difference that a run tells of. */
#define TALLY_FAR 0.1

/* What graded rollouts would have had for their reward under one other reading (GAP-28, GAP-32 to
 * GAP-34). */
struct reading_tally {
    uint64_t n;
    uint64_t n_far;       /* more than TALLY_FAR away from the reward they had */
    uint64_t n_across;    /* that pass_threshold parts from it */
    double largest;       /* difference */
    double sum;           /* of the rewards under this reading */
    struct example first; /* that is far or across */
};

struct tally {
    size_t n_tools;
    struct tool_tally *tools; /* owned; one a tool of the job, and one more for unknown names */
    uint64_t n;               /* rollouts that ended, cancelled ones left out */
    uint64_t outcomes[OUTCOME_N];
    struct example examples[OUTCOME_N];
    uint64_t n_graded;
    uint64_t n_unresponsive; /* graded with neither an answer nor a tool call (GAP-47) */
    uint64_t n_misaddressed; /* graded, ended at a call addressed wrongly (GAP-52) */
    struct example misaddressed;
    double reward_sum; /* over n_graded */
    double reward_min, reward_max;
    uint64_t errors[GRADE_N_ERRORS]; /* grades in error, by enum grade_error */
    uint64_t n_flagged;              /* with any of them */
    struct example flag_example;
    double grade_sum_s;
    uint64_t n_turns;
    uint64_t n_calls;
    struct tokens tokens; /* of all turns that told (EV-10) */
    uint64_t n_compared;  /* answers, with what they were when they were recorded */
    uint64_t n_drifts;    /* of these, that are others now */
    struct example drift;
    /* GAP-12: rollouts that the other readings of max_episode_steps would have cut */
    uint64_t n_over_calls; /* it counts tool calls */
    uint64_t n_over_both;  /* it counts turns and tool calls */
    /* A multi's graders, in the order of grader_parts(). There are none before the first wave. */
    size_t n_parts;
    struct grade_tally *parts; /* owned */
    struct reading_tally readings[READINGS];
    uint64_t notes[GRADE_N_NOTES]; /* graded rollouts, by enum grade_note */
    struct example note_examples[GRADE_N_NOTES];
};

void tally_init(struct tally *t, size_t n_tools);
void tally_release(struct tally *t); /* fine on a zeroed one */

/* Add a wave's rollouts, number by number. `max_steps` is the job's max_episode_steps. */
void tally_add_wave(struct tally *t, const struct wave *w, int max_steps);
void tally_merge(struct tally *into, const struct tally *from);

/* part / all, or 0 of nothing. */
double tally_share(uint64_t part, uint64_t all);

/* Over graded rollouts. False if there are none. */
bool tally_mean(const struct tally *t, double *out);

/* What came of one grader by grader_at()'s number: 0 is the whole, then come its parts. */
struct grade_tally tally_grade(const struct tally *t, size_t i);

/* Count one reward, and what it would have been. True if it is the first that differs: the caller
 * sets `first`. `threshold` is NAN if there is none. */
NODISCARD bool reading_tally_add(struct reading_tally *r, double reward, double other,
                                 double threshold);

/* Whether under that reading a reward is far from what it was, or passes where it did not. */
bool reading_tally_differs(const struct reading_tally *r);

/* False if it graded nothing. */
bool grade_tally_mean(const struct grade_tally *g, double *out);

/* The service's formula: (sum of rewards - ungraded rollouts) / all (EV-4). False if none ended. */
bool tally_penalised_mean(const struct tally *t, double *out);

/* Failed / (failed + successful) calls of one tool (EV-8). False if there were none. */
bool tool_tally_error_rate(const struct tool_tally *t, double *out);

/* Whether tool calls were sent and not one was answered, by any host. */
bool tally_is_unreachable(const struct tally *t);

#endif
