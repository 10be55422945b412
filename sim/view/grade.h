/* One grade told: the row, the answer, and how each grader came to its reward.
 *
 * The facts are a JSON object, which the text is made from, and the answer of graders/run
 * (sim/view/answer.h):
 *
 *     {"type":"grade","version":1,"file","line","answer","answer_bytes","reward","errors","lost",
 *      "why","graders":[{"key", and what grader_start() tells}, ...]}
 *
 * "graders" is the job's grader, which has no key, then its parts, as in the summary of a run;
 * "reward", "errors", "lost" and "why" are the job's grader's. "line" is 0 if the row is a file of
 * its own.
 */
#ifndef SIM_VIEW_GRADE_H
#define SIM_VIEW_GRADE_H

#include <jansson.h>

#include "grader/grader.h"

/* `told` is what grader_start() told of it. The result is the caller's. */
json_t *grade_facts(const char *file, size_t line, const struct tape *sample, json_t *told);

void grade_json(struct buf *out, json_t *facts); /* the answer of graders/run, one line */

/* What to do about a grade in error; NULL if there is nothing to say, or it is in none. `parses`:
 * answers that are JSON are output_json too. Static storage. */
const char *grade_remedy(const json_t *facts, bool parses);

/* A line for each of these graders that is a stub, behind a label column as that of --results and
 * --fixtures. */
void grade_stubs(struct buf *out, const struct grader *g);

/* For a screen so many columns wide, of which no more than GRADE_COLUMNS_MAX are used. */
void grade_text(struct buf *out, const json_t *facts, size_t columns);

/* Of that what the graders made of it, without the row and the answer. */
void grade_graders(struct buf *out, const json_t *facts, size_t columns);

enum { GRADE_COLUMNS_MIN = 60, GRADE_COLUMNS = 80, GRADE_COLUMNS_MAX = 120 };

#endif
