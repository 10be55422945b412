/* The `sample` that graders see of a rollout (contract 4.2), as JSON.
 *
 *     {"output_text", "output_json", "output_tools", "choices", "output_reasoning_summary"}
 *
 * output_tools holds the calls of the last turn that made any, not all calls: that is what the
 * service recorded (4.2 "Trap", GAP-28); under the other reading those of every turn, each in the
 * form that its own turn had. A call keeps its bare name, its arguments as written and
 * an empty id; those of a batch have the names with "functions.", arguments spaced as Python does,
 * ids "0", "1", ... A call that was addressed wrongly is there as it was written (recorded, 3.7); a
 * batch that was refused is one call, of multi_tool_use.parallel (ours). An answer that was cut off
 * at the model's token limit has the finish_reason "length" (GAP-48), any other "stop".
 */
#ifndef SIM_RUN_SAMPLE_H
#define SIM_RUN_SAMPLE_H

#include <stdbool.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"
#include "sim/run/rollout.h"

/* Append the sample of a rollout in GRADE. `output_tools` is READING_LAST_TURN or
 * READING_ALL_TURNS (sim/job/reading.h). With `parse`, an answer that is JSON is output_json too
 * (the job has a response_format); else, and for any other answer, output_json is null. */
void sample_build(const struct rollout *r, bool parse, int output_tools, struct tape *scratch,
                  struct buf *out);

/* Whether the readings of output_tools give it two samples: several turns made calls. */
bool sample_has_readings(const struct rollout *r);

/* The sample of a rollout that called no tool and gave this answer. */
void sample_of_answer(const char *answer, size_t len, bool parse, struct tape *scratch,
                      struct buf *out);

/* The sample whose last message stands at `message` of an exported evaluation (6.6):
 * {role, content, tool_calls}. */
void sample_of_message(const struct tape *t, size_t message, bool parse, struct tape *scratch,
                       struct buf *out);

#endif
