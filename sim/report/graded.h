/* The graded rollouts of a history as lists of scores: what statistics start from. */
#ifndef SIM_REPORT_GRADED_H
#define SIM_REPORT_GRADED_H

#include "sim/report/history.h"
#include "sim/stats/scores.h"

/* Whether it has a reward. */
bool graded_is(const struct history_rollout *r);

/* Of one wave, or of all waves of a phase. Each row is named by its index into the phase's rows.
 * Release `out`. */
void graded_of_wave(struct scores *out, const struct history *h, size_t wave);
void graded_of_phase(struct scores *out, const struct history *h, enum wave_phase phase);

/* The wave of the phase's first or last evaluation or step that has a graded rollout, of the last
 * one that ended if any did; SIZE_MAX if there is none. */
size_t graded_first_wave(const struct history *h, enum wave_phase phase);
size_t graded_last_wave(const struct history *h, enum wave_phase phase);

#endif
