/* The same as the table, for programs: one JSON object a line (--json).
 *
 *     {"type":"plan",...} {"type":"wave",...}... {"type":"summary",...}
 *
 * In a replay also one {"type":"drift",...} (drift.h) for each answer that is not the recorded one,
 * before the line of its wave; the summary then has "drift", and says what was not done
 * ("tools_recorded", "scores_recorded").
 *
 * With --rollouts also one {"type":"rollout",...} a rollout, before the line of its wave.
 *
 * "sub_rewards" is what the graders of a multi said by their keys, as in the service's answer to
 * graders/run (5.2): of one rollout, or the mean over graded ones. It is {} if there is one grader.
 *
 * Every object carries "version": 1; a field is added without a new version, none changes meaning
 * within one.
 */
#ifndef SIM_VIEW_JSON_H
#define SIM_VIEW_JSON_H

#include <jansson.h>

#include "sim/view/table.h"

json_t *json_typed(const char *type);            /* an object with its type and version */
void json_line(struct buf *out, json_t *object); /* takes it */

/* A string; what is not UTF-8 in it, as a path may be, is U+FFFD there. null for NULL. The
 * caller's. */
json_t *json_text(const char *text);

json_t *json_errors(unsigned flags); /* names of a grade's flags; the caller's */

/* What other readings would have changed, one object each. The caller's. */
json_t *json_readings(const struct reading_tally readings[READINGS]);

/* The notes of a grader and its parts: who of them is a stub. The caller's. */
json_t *json_grader_notes(const struct grader *grader);

void json_plan(struct buf *out, const struct plan *p);
void json_wave(struct buf *out, const struct plan *p, const struct wave_report *r);

/* Every rollout of the wave that was started, in the order of their numbers, however it ended. With
 * `samples` each has what its graders saw as "graded_sample", null if it came to no grade. */
void json_rollouts(struct buf *out, const struct plan *p, const struct wave *w, bool samples);
void json_summary(struct buf *out, const struct plan *p, const struct trainer *t, double seconds,
                  const char *ended);

#endif
