/* One grade told: the row, the answer, and how each grader came to its reward.
 *
 * The facts are a JSON object, which --json prints as it is and the text is made from:
 *
 *     {"type":"grade","version":1,"file","line","answer","answer_bytes","reward","errors","why",
 *      "graders":[{"key", and what grader_start() tells}, ...]}
 *
 * "graders" is the job's grader, which has no key, then its parts, as in the summary of a run;
 * "reward", "errors" and "why" are the job's grader's. "line" is 0 if the row is a file of its own.
 */
#ifndef SIM_VIEW_GRADE_H
#define SIM_VIEW_GRADE_H

#include <jansson.h>

#include "grader/grader.h"

/* `told` is what grader_start() told of it. The result is the caller's. */
json_t *grade_facts(const char *file, size_t line, const struct tape *sample, json_t *told);

void grade_json(struct buf *out, const json_t *facts); /* one line */
void grade_text(struct buf *out, const json_t *facts);

#endif
