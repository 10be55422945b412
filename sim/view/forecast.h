/* What a job comes to (sim/check/forecast.h), as `rftsim plan` says it. */
#ifndef SIM_VIEW_FORECAST_H
#define SIM_VIEW_FORECAST_H

#include "sim/base/buf.h"
#include "sim/check/forecast.h"

/* Text of at most 100 columns, but for names that alone are longer. */
void forecast_write(struct buf *out, const struct forecast *f);

/* One JSON object on one line, {"type":"forecast","version":1,...}. A range is {"low","high"}, null
 * if it is not known; each estimate stands beside its "basis", a text. A field is added without a
 * new version, none changes meaning within one. */
void forecast_write_json(struct buf *out, const struct forecast *f);

/* For both: on what the numbers rest. Appended. */
void forecast_calls_basis(struct buf *out, const struct forecast *f, enum forecast_basis basis);
void forecast_hours_basis(struct buf *out);
void forecast_slow_basis(struct buf *out);

bool forecast_steps_given(const struct forecast *f); /* max_episode_steps, by the job */

/* Whom the service asks for each grade of a grader that has no parts; a stub for a judge is ours
 * alone. */
enum forecast_asks { FORECAST_ASKS_NOBODY, FORECAST_ASKS_ENDPOINT, FORECAST_ASKS_MODEL };
enum forecast_asks forecast_grader_asks(const struct grader *g);

/* "unknown", "never", "out_of_reach", "if_slow", "maybe", "likely". */
const char *forecast_pause_name(enum outlook_pause pause);

#endif
