/* The report for programs: one object with everything that the facts hold.
 *
 *     {"type": "report", "version": 1, "path", "title", "source", "model", ..., "verdict",
 *      "outcomes", "curve", "alarms", "tools", "graders", "picks", "signal", "gates"}
 *
 * What is not known is null; no number is NaN. A field is added without a new version, none changes
 * meaning within one.
 */
#ifndef SIM_VIEW_REPORT_JSON_H
#define SIM_VIEW_REPORT_JSON_H

#include <jansson.h>

#include "sim/report/gates.h"

/* The caller's. */
json_t *report_json(const struct facts *f, const struct verdict *v,
                    const struct gates_result *gates);
json_t *report_json_signal(const struct signal_report *r, const struct history *h);
json_t *report_json_rollout(const struct history *h, size_t rollout); /* null for SIZE_MAX */

/* null if it is not finite; null if it is -1. */
json_t *report_json_real(double value);
json_t *report_json_count(int64_t value);

#endif
