/* Two runs side by side, as a table for people and as one JSON object.
 *
 *     {"type": "comparison", "version": 1,
 *      "runs": [{"path", "title", "phase", "step", "rollouts", "graded", "outcomes": {...},
 *                "calls_mean", "turns_mean", "rows", "rows_only_here"}, ...],
 *      "threshold", "rows_paired", "rows_graded_in_both",
 *      "values": [{"name", "means": [a, b], "difference",
 *                  "t": {"low", "high", "error"}, "bootstrap": {...}, "rows", "state"}, ...],
 *      "rows_up", "rows_down", "rows_equal", "sign_test",
 *      "rows_gained", "rows_lost",     rows that cross the threshold
 *      "rows": [{"places": [a, b], "graded": [n, n], "means": [a, b], "difference", "flip"}, ...]}
 *
 * What is not known is left out.
 */
#ifndef SIM_VIEW_COMPARE_H
#define SIM_VIEW_COMPARE_H

#include "sim/base/buf.h"
#include "sim/report/compare.h"

/* `most`: how many rows are listed; what is left out is said. */
void compare_write(struct buf *out, const struct comparison *c, size_t most);
void compare_write_json(struct buf *out, const struct comparison *c);

#endif
