/* Answers that are not the recorded ones, one JSON object a line: drift.jsonl of a run folder, and
 * --json.
 *
 *     {"type": "drift", "version": 1, "phase", "step", "file", "line", "sample",
 *      "call": from 1, "tool", "at": JSON pointer to the first difference, null if one of the two
 *      is not JSON, "arguments", "recorded": null if the call was lost, "now": likewise, "kind":
 *      what came of it now, "arguments_bytes", "recorded_bytes", "now_bytes": of texts that were
 * cut}
 *
 * In the order of the rollouts' numbers, then of their calls: the same bytes at any number of
 * threads. Texts are masked.
 */
#ifndef SIM_VIEW_DRIFT_H
#define SIM_VIEW_DRIFT_H

#include "sim/base/err.h"
#include "sim/run/run.h"

/* Append the lines of a wave that has ended. */
void drift_lines(struct buf *out, const struct wave *w);

/* The same to the end of a file, which is made for the first of them. Errors: ERR_IO. */
NODISCARD enum err_code drift_append(const char *path, const struct wave *w, struct err *e);

/* Drop the wave's lines from the file, if there is one: a process that was killed may have left
 * them. Errors: ERR_IO. */
NODISCARD enum err_code drift_drop(const char *path, const struct wave *w, struct err *e);

#endif
