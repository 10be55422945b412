/* Histories written down as text, for tests of what is computed from one. */
#ifndef TESTS_UNIT_HISTORIES_H
#define TESTS_UNIT_HISTORIES_H

#include "sim/report/history.h"

/* A run of waves, as
 *
 *     "eval 0: 1 0 .5 | 1 1 d; step 1: 0 0 | 3> 1 c0; step 2!: x"
 *
 * Rows are parted by '|' and numbered from 0 in their wave, or from where "N>" says; "!" is a wave
 * that did not end. A rollout is its reward, with a letter before it for one that is not just
 * graded and answered: c cut, e a grade in error, s with no answer and no call, P and F passed and
 * failed as an export records it. Without a reward: d and g discarded by a tool and by the grader,
 * p the policy failed, x cancelled. The files are train.jsonl and valid.jsonl, the line of row 0 is
 * 1, ids count from 1, each rollout made one call and wrote 10 bytes. Release it. */
struct history histories_run(const char *waves);

/* A tool that was called n_ok times with success and n_failed times with an end of this kind. */
void histories_add_tool(struct history *h, const char *name, enum wave_phase phase, uint64_t n_ok,
                        uint64_t n_failed, enum tool_kind kind);

/* Give the job a multi of these graders; `rewards` has one a grader for every rollout. */
void histories_add_parts(struct history *h, size_t n, const char *const *keys,
                         const double *rewards);

/* A result file of such rows: what is not known of a step is to be NAN or -1. The steps are copied,
 * the tools' steps taken over. */
struct history histories_results(const struct history_step *steps, size_t n);

#endif
